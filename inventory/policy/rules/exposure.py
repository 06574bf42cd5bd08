"""Exposure: how much ending one delegation would take off the list, as one number to rank cases by."""

from collections.abc import Iterable
from types import MappingProxyType

from inventory.policy.rules.rule_texts import Severity

# A step is wider than the number of rules that can speak of one delegate on one identity, so that no heap of lesser
# findings outweighs a worse one. Hints weigh nothing: they are in no count.
_STEP = 1000
WEIGHTS = MappingProxyType(
    {
        Severity.CRITICAL: _STEP**3,
        Severity.HIGH: _STEP**2,
        Severity.MEDIUM: _STEP,
        Severity.LOW: 1,
        Severity.INFO: 0,
    }
)


def exposure(severities: Iterable[Severity]) -> int:
    """The weight of the findings that one ending would close."""
    return sum(WEIGHTS[severity] for severity in severities)

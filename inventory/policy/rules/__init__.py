"""Rules: what the company would rather not find on an identity, as pure functions over its analysis.

:func:`judge` turns an :class:`IdentitySubject` into :class:`Violation` tuples; ``RULES`` holds the words of each rule.
To add a rule: its words in ``texts/``, its function in the module of its group, its name in ``judging``.
"""

from inventory.policy.rules.catalogue import APPROVAL_RULES, RULES, UNAPPROVED_RULES
from inventory.policy.rules.fixes import Fix, Place, fix_for
from inventory.policy.rules.judging import ENGINE_VERSION, judge
from inventory.policy.rules.rule_texts import Reference, RuleText, Severity
from inventory.policy.rules.subjects import DelegateFacts, IdentitySubject, RegionCopy, WayAround
from inventory.policy.rules.violations import Violation

__all__ = [
    "APPROVAL_RULES",
    "ENGINE_VERSION",
    "RULES",
    "UNAPPROVED_RULES",
    "DelegateFacts",
    "Fix",
    "IdentitySubject",
    "Place",
    "Reference",
    "RegionCopy",
    "RuleText",
    "Severity",
    "Violation",
    "WayAround",
    "fix_for",
    "judge",
]

"""What the rules want to stand in the table of findings, and under which keys."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inventory.models import Identity
from inventory.policy.rules import Severity, Violation


@dataclass(frozen=True, slots=True)
class Wanted:
    """One finding as the rules see it now; ``evidence`` as on :class:`inventory.models.Finding`."""

    key: str
    identity: Identity
    rule_id: str
    policy: str
    subject: str
    severity: Severity
    evidence: dict[str, Any]


def finding_key(identity: Identity, rule_id: str, policy: str, subject: str) -> str:
    """SHA-256, in hex, of what makes a finding the same one for ever; reads the identity's scope and account."""
    scope = identity.scope
    parts = (rule_id, scope.account.account_id, scope.region, identity.name, policy, subject)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def wanted(identity: Identity, violations: Iterable[Violation]) -> dict[str, Wanted]:
    """Violations by key, worst first; what one rule says of one subject in several statements is one finding."""
    grouped: dict[str, list[Violation]] = {}
    for each in violations:
        grouped.setdefault(finding_key(identity, each.rule_id, each.policy, each.subject), []).append(each)
    return {key: _joined(key, identity, alike) for key, alike in grouped.items()}


def _joined(key: str, identity: Identity, alike: list[Violation]) -> Wanted:
    first, *further = sorted(alike, key=lambda each: each.severity.rank)
    evidence = _place(first) | ({"places": [_place(each) for each in further]} if further else {})
    return Wanted(key, identity, first.rule_id, first.policy, first.subject, first.severity, evidence)


def _place(violation: Violation) -> dict[str, Any]:
    return {"text": violation.text, "statement": violation.statement, "path": list(violation.path)}

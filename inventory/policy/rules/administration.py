"""Who outside might change the identity, and the mark of a known attack."""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory.policy.reach import Reach
from inventory.policy.rules.documents import effect, statements, values
from inventory.policy.rules.parties import parties
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation, violation
from inventory.policy.rules.wording import listed
from inventory.policy.trust import Trust

_ADMIN_CLASSES = frozenset({"policy-admin", "identity-admin"})
_MARKER = "Endgame"


def administrators(subject: IdentitySubject) -> Iterator[Violation]:
    """``policy-admin-delegated``; whether AWS honours it across accounts is not documented, so "possibly"."""
    for delegation in subject.analysis.delegations:
        if not delegation.is_outside or _ADMIN_CLASSES.isdisjoint(delegation.action_classes):
            continue
        what = listed([name for name in ("policy-admin", "identity-admin") if name in delegation.action_classes])
        for party in parties(delegation, subject.delegates):
            yield violation(
                "policy-admin-delegated",
                f"{party.label} may possibly change {subject.name} or its policies ({what}).",
                policy=delegation.policy,
                statement=delegation.statement,
                subject=party.subject,
                severity=Severity.CRITICAL if delegation.reach is Reach.PUBLIC else None,
            )


def endgame(subject: IdentitySubject) -> Iterator[Violation]:
    """``endgame-marker``: the tool's name on the policy or a statement, or the pair of principals that it writes."""
    for name, text in subject.policies.items():
        found = statements(text)
        marked = [index for index, statement in enumerate(found) if statement.get("Sid") == _MARKER]
        if name == _MARKER:
            yield _marker(name, 0 if found else None, "The policy is named Endgame.")
        elif marked:
            yield _marker(name, marked[0], "A statement has the Sid Endgame.")
        else:
            yield from _pair(subject, name, found)


def _pair(subject: IdentitySubject, name: str, found: list[Mapping[str, Any]]) -> Iterator[Violation]:
    total = {index for index, statement in enumerate(found) if _allows_everything(statement)}
    if not any(_names_owner(found[index], subject.owner_account) for index in total):
        return
    for delegation in subject.analysis.delegations:
        is_outsider = (
            delegation.policy == name
            and delegation.statement in total
            and delegation.reach in (Reach.ACCOUNT, Reach.PRINCIPAL)
            and delegation.trust in (Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER)
        )
        if is_outsider:
            who = parties(delegation, subject.delegates)[0].label
            text = f"The policy gives every action to the owner's root and to an outsider: {who}."
            yield _marker(name, delegation.statement, text)
            return


def _allows_everything(statement: Mapping[str, Any]) -> bool:
    actions = {action.lower() for action in values(statement.get("Action"))}
    return effect(statement) == "Allow" and not actions.isdisjoint({"ses:*", "*"})


def _names_owner(statement: Mapping[str, Any], owner: str) -> bool:
    principal = statement.get("Principal")
    named = values(principal.get("AWS")) if isinstance(principal, dict) else []
    return any(item == owner or (item.startswith("arn:") and item.endswith(f":iam::{owner}:root")) for item in named)


def _marker(policy: str, statement: int | None, text: str) -> Violation:
    return violation("endgame-marker", text, policy=policy, statement=statement)

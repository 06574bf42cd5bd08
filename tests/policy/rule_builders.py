"""Builders for the rules: identities and delegations as the analyser would describe them, without the analyser."""

import json
from datetime import UTC, datetime
from typing import Any

from inventory.policy.delegations import Analysis, Channel, Delegation, Limit, Note, PolicyProblem
from inventory.policy.reach import Reach
from inventory.policy.rules import DelegateFacts, IdentitySubject, Violation, judge
from inventory.policy.trust import Trust

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER = "111111111111"
PARTNER = "222222222222"
STRANGER = "444455556666"
ARN = f"arn:aws:ses:eu-west-1:{OWNER}:identity/mail.example.com"

FROM_ONE = Limit("from_address", "ses:FromAddress", "StringEquals", ("news@mail.example.com",))
FROM_ALL = Limit("from_address", "ses:FromAddress", "StringLike", ("*@mail.example.com",), is_effective=False)
FROM_NETWORK = Limit("network", "aws:SourceIp", "IpAddress", ("198.51.100.0/24",))


def delegation(reach: Reach = Reach.ACCOUNT, trust: Trust | None = Trust.PARTNER, **fields: Any) -> Delegation:
    """A direct delegation to send, limited to one address and one network so that only what is asked for shows."""
    defaults: dict[str, Any] = {
        "policy": "partner",
        "sid": None,
        "statement": 0,
        "channel": Channel.DIRECT,
        "action_classes": ("send",),
        "actions": ("ses:SendEmail",),
        "limits": (FROM_ONE, FROM_NETWORK),
    }
    if reach in (Reach.ACCOUNT, Reach.PRINCIPAL):
        defaults["accounts"] = (PARTNER,)
    return Delegation(reach=reach, trust=trust, **defaults | fields)


def role(account: str = PARTNER, trust: Trust = Trust.PARTNER, **fields: Any) -> Delegation:
    """One role of an account may send: the narrowest delegation there is."""
    values = {"accounts": (account,), "principals": (f"arn:aws:iam::{account}:role/mailer",)} | fields
    return delegation(Reach.PRINCIPAL, trust, **values)


def note(code: str, *path: str | int, policy: str = "partner", statement: int | None = 0) -> Note:
    """A trap that the analyser noted."""
    return Note(code, f"Because of {path[-1] if path else code}.", policy, statement, path)


def subject(*delegations: Delegation, **fields: Any) -> IdentitySubject:
    """A subdomain identity outside production with these delegations; ``notes`` and ``problems`` go to the analysis."""
    notes: tuple[Note, ...] = fields.pop("notes", ())
    problems: tuple[PolicyProblem, ...] = fields.pop("problems", ())
    defaults: dict[str, Any] = {"name": "mail.example.com", "arn": ARN, "identity_type": "DOMAIN"}
    values = defaults | {"owner_account": OWNER, "at": AT} | fields
    analysis = Analysis(values["arn"], OWNER, delegations, problems, notes)
    return IdentitySubject(analysis=analysis, **values)


def facts(account: str = PARTNER, **fields: Any) -> dict[str, DelegateFacts]:
    """What the registry says of one account."""
    return {account: DelegateFacts(account, **fields)}


def text(*statements: dict[str, Any]) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def fired(judged: IdentitySubject, *, hints: bool = False) -> set[str]:
    """The ids of the rules that fired, hints left out unless asked for."""
    return {each.rule_id for each in judge(judged) if hints or each.severity != "info"}


def only(judged: IdentitySubject, rule_id: str) -> Violation:
    """The one violation of a rule."""
    found = [each for each in judge(judged) if each.rule_id == rule_id]
    assert len(found) == 1, f"{len(found)} of {rule_id}"
    return found[0]

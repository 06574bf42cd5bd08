"""Builders for the analyser's tests: policies in few words, and what the analysis says of them."""

import json
from datetime import UTC, datetime
from typing import Any

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis
from inventory.policy.trust import Registry, Trust

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER, COLLEAGUE, PARTNER, FORMER = "111111111111", "222222222222", "303132333435", "414243444546"
STRANGER = "999999999999"
REGISTRY = Registry(
    accounts={COLLEAGUE: Trust.ORGANIZATION, PARTNER: Trust.PARTNER, FORMER: Trust.FORMER},
    organizations={"o-ours": Trust.ORGANIZATION, "o-partner": Trust.PARTNER},
    owner_organization="o-ours",
)
IDENTITY = f"arn:aws:ses:us-east-1:{OWNER}:identity/example.com"


def statement(**elements: Any) -> dict[str, Any]:
    """An Allow of SendEmail to everybody; ``Condition``, ``Principal`` ... replace what it has, ``None`` takes out."""
    made = {"Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": IDENTITY} | elements
    for name in ("Principal", "Action", "Resource"):
        if f"Not{name}" in made:
            made[name] = None
    return {name: value for name, value in made.items() if value is not None}


def when(**conditions: Any) -> dict[str, Any]:
    """An Allow with a condition block; ``when(StringEquals={"aws:userid": "x"})``."""
    return statement(Condition={name.replace("__", ":"): value for name, value in conditions.items()})


def deny(condition: dict[str, Any] | None = None, **elements: Any) -> dict[str, Any]:
    """A Deny of every SES action to everybody."""
    return statement(Effect="Deny", Condition=condition, **({"Action": "ses:*"} | elements))


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    """One policy as JSON text."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def analysed(*statements: dict[str, Any], **changes: Any) -> Analysis:
    """The analysis of one policy named ``p``, or of ``policies``."""
    version = changes.pop("version", "2012-10-17")
    arguments: dict[str, Any] = {
        "owner_account": OWNER,
        "identity_arn": IDENTITY,
        "policies": {"p": document(*statements, version=version)},
        "registry": REGISTRY,
        "at": AT,
    }
    return analyse(**(arguments | changes))


def circles(analysis: Analysis, channel: str | None = None) -> set[str]:
    """``reach/trust`` of everybody let in, over one channel or all."""
    return {
        f"{d.reach}/{d.trust}"
        for d in analysis.delegations
        if d.trust is not None and channel in (None, d.channel.value)
    }


def codes(analysis: Analysis) -> set[str]:
    """The codes of all notes."""
    return {str(note.code) for note in analysis.notes}

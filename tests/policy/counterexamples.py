"""Counterexamples: every example that once broke a promise, by what it taught. None is ever taken out."""

from dataclasses import dataclass
from typing import Any

from inventory.policy.requests import Request
from tests.policy.generators.world import IDENTITY


@dataclass(frozen=True)
class Case:
    """``allowed`` is what the evaluator must answer to the request, where there is one."""

    name: str
    documents: dict[str, Any]
    request: Request | None = None
    allowed: bool = True


def allow(**elements: Any) -> dict[str, Any]:
    """An Allow of SendEmail to everybody, but for the elements given."""
    made = {"Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": IDENTITY, **elements}
    if "NotPrincipal" in elements:
        del made["Principal"]
    return made


def deny(**elements: Any) -> dict[str, Any]:
    """The same as a Deny."""
    return {**allow(**elements), "Effect": "Deny"}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """One policy named ``p``."""
    return {"p": {"Version": version, "Statement": list(statements)}}


def asked(
    caller: dict[str, Any], context: dict[str, Any], action: str = "ses:SendEmail", channel: str = "direct"
) -> Request:
    """A request of the identity that the examples share."""
    return Request.from_json(
        {"caller": caller, "action": action, "identity_arn": IDENTITY, "channel": channel, "context": context}
    )


CASES: tuple[Case, ...] = ()

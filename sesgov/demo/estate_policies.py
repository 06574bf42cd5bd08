"""Shapes of sending authorization policies, the good ones and the bad ones, for one identity each.

A shape is a list of statements without their Resource; ``document`` adds the identity's ARN.
"""

from typing import Any

Statement = dict[str, Any]
SEND = ("ses:SendEmail", "ses:SendRawEmail")
OFFICE = ["198.51.100.0/24"]
VENDOR_NETWORK = ["203.0.113.64/26"]


def allow(
    principal: object, actions: tuple[str, ...] = SEND, condition: object = None, sid: str | None = None
) -> Statement:
    statement: Statement = {"Sid": sid} if sid else {}
    statement |= {"Effect": "Allow", "Principal": principal, "Action": list(actions)}
    return statement | ({"Condition": condition} if condition else {})


def deny(principal: object, actions: tuple[str, ...], condition: object) -> Statement:
    return allow(principal, actions, condition) | {"Effect": "Deny"}


def document(statements: list[Statement], arn: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement | {"Resource": arn} for statement in statements]}


def account(account_id: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{account_id}:root"}


def role(account_id: str, name: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{account_id}:role/{name}"}


def own(account_id: str, partition: str) -> list[Statement]:
    """Nothing but our own account."""
    return [allow({"AWS": f"arn:{partition}:iam::{account_id}:root"}, sid="OwnAccountOnly")]


def well_limited(principal: object, identity: str, networks: list[str]) -> list[Statement]:
    """One role, as one address, from known networks: what a delegation should look like."""
    address = identity if "@" in identity else f"news@{identity}"
    limits = {"StringLike": {"ses:FromAddress": address}, "IpAddress": {"aws:SourceIp": networks}}
    return [allow(principal, SEND, limits, sid="OneRoleOneAddress")]


def from_only(principal: object, address: str) -> list[Statement]:
    return [allow(principal, SEND, {"StringEquals": {"ses:FromAddress": address}})]

"""Principals: whether a statement's Principal or NotPrincipal means the caller."""

import re
from collections.abc import Mapping, Sequence

from inventory.policy.evaluation.patterns import matches, pattern_of
from inventory.policy.evaluation.truth import Truth, either
from inventory.policy.requests import Caller, CallerKind

_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{6,}")
_NAMED = ("user/", "role/", "assumed-role/", "federated-user/")

Principals = Mapping[str, Sequence[str]]


def named(principals: Principals, caller: Caller) -> Truth:
    """Whether Principal means the caller. Open: wildcards inside a value, and kinds that mean nothing to SES."""
    return either(_named_as(kind, value, caller) for kind, values in principals.items() for value in values)


def not_named(principals: Principals, caller: Caller) -> Truth:
    """Whether NotPrincipal leaves the caller over: open for another principal of an account it names."""
    is_named = named(principals, caller)
    if is_named is not False:
        return False if is_named else None
    return None if _account_named(principals, caller) else True


def _named_as(kind: str, value: str, caller: Caller) -> Truth:
    if kind == "*":
        return True
    if kind == "AWS":
        return _named_as_aws(value, caller)
    if kind == "Service":
        return _named_as_service(value, caller)
    return None


def _named_as_service(value: str, caller: Caller) -> Truth:
    service = caller.service
    if caller.kind is not CallerKind.SERVICE or service is None:
        return False
    if "*" in value or "?" in value:
        return None if matches(pattern_of(value), service) else False
    return value == service


def _named_as_aws(value: str, caller: Caller) -> Truth:
    if value == "*":
        return None if caller.kind is CallerKind.SERVICE else True
    if caller.kind is CallerKind.SERVICE or _UNIQUE_ID.fullmatch(value):
        return False
    if value.startswith("arn:") and value.count(":") >= 5:
        return _named_by_arn(value, caller)
    if _ACCOUNT.fullmatch(value):
        return value == caller.account
    return None


def _named_by_arn(value: str, caller: Caller) -> Truth:
    _, partition, service, region, account, resource = value.split(":", 5)
    wild = "*" in value or "?" in value
    if not matches(pattern_of(account), caller.account or "") or not matches(pattern_of(partition), _partition(caller)):
        return False
    if wild or service not in ("iam", "sts") or region:
        return None
    if resource == "root":
        return service == "iam" or None
    if not resource.startswith(_NAMED):
        return None
    return value in (caller.arn, caller.session_arn)


def _partition(caller: Caller) -> str:
    return caller.arn.split(":", 2)[1] if caller.arn and caller.arn.startswith("arn:") else "aws"


def _account_named(principals: Principals, caller: Caller) -> bool:
    account = caller.account
    return account is not None and any(
        len(fields := value.split(":", 5)) == 6 and matches(pattern_of(fields[4]), account)
        for value in principals.get("AWS", ())
    )

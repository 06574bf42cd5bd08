"""Principals: whom a statement's ``Principal`` or ``NotPrincipal`` names."""

import re
from dataclasses import dataclass
from enum import Enum

from inventory.policy.requests import Caller, CallerKind

Path = tuple[str | int, ...]

_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA|GPA|NPA|NVA|IPA|SIA|KIA)[A-Z0-9]+")
_ARN = re.compile(r"arn:([a-z0-9-]+):(iam|sts)::(\d{12}):(.+)")
_WILD_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([^:]*)(?::.*)?")


class PrincipalKind(Enum):
    """The forms of a principal."""

    ANYONE = "anyone"
    ACCOUNT = "account"
    ROLE = "role"
    USER = "user"
    SESSION = "session"
    FEDERATED = "federated"
    SERVICE = "service"
    DELETED = "deleted"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal. ``is_exact`` is false where the value is wider or vaguer than what it was read as.

    ``is_bare`` tells ``"*"`` from ``{"AWS": "*"}``. ``doubt`` says why nobody can judge it, else it is empty.
    """

    kind: PrincipalKind
    value: str
    path: Path
    account: str | None = None
    partition: str | None = None
    is_exact: bool = True
    is_bare: bool = False
    doubt: str = ""

    def names(self, caller: Caller) -> bool:
        """Whether it surely means the caller."""
        if not self.is_exact:
            return False
        if self.kind is PrincipalKind.ANYONE:
            return self.is_bare or caller.kind is not CallerKind.SERVICE
        if self.kind is PrincipalKind.SERVICE:
            return caller.service == self.value
        if self.kind is PrincipalKind.ACCOUNT:
            return caller.account == self.account and self._is_of_partition(caller)
        return caller.kind is not CallerKind.SERVICE and self.value in (caller.arn, caller.session_arn)

    def may_be_of(self, partition: str, account: str) -> bool:
        """Whether a value that nobody can judge may mean callers of the account: one shaped as an ARN says its own."""
        fields = self.value.split(":", 5)
        is_arn = self.path[-2:-1] == ("AWS",) and len(fields) == 6 and fields[0] == "arn"
        return not is_arn or (fields[1], fields[4]) == (partition, account)

    def _is_of_partition(self, caller: Caller) -> bool:
        return self.partition is None or (caller.arn or "").startswith(f"arn:{self.partition}:")


def principal_of(kind: str, value: str, path: Path) -> Principal:
    """One principal, from the member of ``Principal`` it stands under and its text."""
    if kind == "Service":
        return _service(value, path)
    if kind == "AWS":
        return _aws(value, path)
    why = f"{kind} principals mean nothing to SES"
    return Principal(PrincipalKind.DOUBTFUL, value, path, doubt=why, is_exact=False)


def _aws(value: str, path: Path) -> Principal:
    if value == "*":
        return Principal(PrincipalKind.ANYONE, value, path)
    if _ACCOUNT.fullmatch(value):
        return Principal(PrincipalKind.ACCOUNT, value, path, account=value)
    if _UNIQUE_ID.fullmatch(value):
        return Principal(PrincipalKind.DELETED, value, path)
    if "*" in value or "?" in value:
        return _wild(value, path)
    return _arn(value, path)


def _service(value: str, path: Path) -> Principal:
    if "*" in value or "?" in value:
        why = f"{value!r} is no service: a service principal takes no wildcard"
        return Principal(PrincipalKind.DOUBTFUL, value, path, doubt=why, is_exact=False)
    return Principal(PrincipalKind.SERVICE, value, path)


def _arn(value: str, path: Path) -> Principal:
    found = _ARN.fullmatch(value)
    if found is None:
        why = f"{value!r} is neither an account id nor the ARN of a user, role or session"
        return Principal(PrincipalKind.DOUBTFUL, value, path, doubt=why, is_exact=False)
    partition, service, account, resource = found.groups()
    if (service, resource) == ("iam", "root"):
        return Principal(PrincipalKind.ACCOUNT, value, path, account=account, partition=partition)
    kind = _RESOURCES.get((service, resource.partition("/")[0]))
    if kind is None or not resource.partition("/")[2]:
        why = f"{value!r} is not a user, role or session"
        return Principal(PrincipalKind.DOUBTFUL, value, path, account, partition, doubt=why, is_exact=False)
    return Principal(kind, value, path, account=account, partition=partition)


_RESOURCES = {
    ("iam", "role"): PrincipalKind.ROLE,
    ("iam", "user"): PrincipalKind.USER,
    ("sts", "assumed-role"): PrincipalKind.SESSION,
    ("sts", "federated-user"): PrincipalKind.FEDERATED,
}


def _wild(value: str, path: Path) -> Principal:
    """A wildcard inside a principal: the account it names where that is plain, else anyone."""
    found = _WILD_ARN.fullmatch(value)
    if found is not None and _ACCOUNT.fullmatch(found[1]):
        return Principal(PrincipalKind.ACCOUNT, value, path, account=found[1], is_exact=False)
    return Principal(PrincipalKind.ANYONE, value, path, is_exact=False)

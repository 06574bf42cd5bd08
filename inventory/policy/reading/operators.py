"""Operator: what a condition compares, and how."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum


class Family(Enum):
    """What an operator compares."""

    STRING = "String"
    ARN = "Arn"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    IP = "IpAddress"
    NULL = "Null"


class Quantifier(Enum):
    """How a condition treats the several values of a key."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator by its parts; ``comparison`` is ``Equals``, ``Like``, ``LessThan`` ... without ``Not``."""

    family: Family
    comparison: str
    is_negated: bool
    is_folded: bool
    if_exists: bool
    quantifier: Quantifier


_BASES: dict[str, tuple[Family, str, bool, bool]] = {
    "StringEquals": (Family.STRING, "Equals", False, False),
    "StringNotEquals": (Family.STRING, "Equals", True, False),
    "StringEqualsIgnoreCase": (Family.STRING, "Equals", False, True),
    "StringNotEqualsIgnoreCase": (Family.STRING, "Equals", True, True),
    "StringLike": (Family.STRING, "Like", False, False),
    "StringNotLike": (Family.STRING, "Like", True, False),
    "ArnEquals": (Family.ARN, "Like", False, False),
    "ArnLike": (Family.ARN, "Like", False, False),
    "ArnNotEquals": (Family.ARN, "Like", True, False),
    "ArnNotLike": (Family.ARN, "Like", True, False),
    "Bool": (Family.BOOL, "Equals", False, True),
    "BinaryEquals": (Family.BINARY, "Equals", False, False),
    "IpAddress": (Family.IP, "Equals", False, False),
    "NotIpAddress": (Family.IP, "Equals", True, False),
    "Null": (Family.NULL, "Equals", False, False),
}
for _family in (Family.NUMERIC, Family.DATE):
    for _name in ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"):
        _BASES[f"{_family.value}{_name}"] = (_family, _name, False, False)
    _BASES[f"{_family.value}NotEquals"] = (_family, "Equals", True, False)
_OPERATOR = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")
_BY_LOWER = {name.lower(): name for name in _BASES}


def operator_of(name: str) -> Operator | None:
    """The operator of that name, ``None`` where IAM knows none."""
    found = _OPERATOR.fullmatch(name)
    if found is None or found[2] not in _BASES:
        return None
    family, comparison, is_negated, is_folded = _BASES[found[2]]
    if family is Family.NULL and (found[1] or found[3]):
        return None
    return Operator(family, comparison, is_negated, is_folded, bool(found[3]), Quantifier(found[1] or ""))


def suggestion_for(name: str) -> str:
    """The operator that was probably meant, or nothing."""
    bare = name.lower().removesuffix("ifexists").rpartition(":")[2]
    near = get_close_matches(bare, _BY_LOWER, n=1, cutoff=0.85)
    return _BY_LOWER[near[0]] if near else ""

"""Doubts: why nobody can judge a condition."""

import re
from collections.abc import Callable, Sequence

from inventory.policy.keys import Key, Kind, Source, find_key
from inventory.policy.reading.instants import instant_of
from inventory.policy.reading.operators import Family, Operator, Quantifier, suggestion_for
from inventory.policy.reading.values import REFERENCE, SPECIAL, VARIABLE, has_wildcard
from inventory.policy.search.networks import range_of


def doubt_of_variables(values: Sequence[str]) -> tuple[str, str] | None:
    for value in values:
        if "${" in VARIABLE.sub("", value):
            return "unknown-variable", f"{value!r} opens a policy variable and does not close it"
        for inside in VARIABLE.findall(value):
            if inside in SPECIAL:
                continue
            named = REFERENCE.fullmatch(inside)
            if named is None or find_key(named[1]) is None:
                return "unknown-variable", f"the policy variable ${{{inside}}} is not known"
    return None


Doubt = tuple[str, str] | None
OPEN_DOUBTS = {"unknown-operator", "unknown-key", "no-values", "multivalued-without-set-operator", "unreadable-value"}


def doubt_of(
    operator_name: str, key_name: str, operator: Operator | None, key: Key | None, values: Sequence[str]
) -> Doubt:
    if operator is None:
        meant = suggestion_for(operator_name)
        hint = f"; perhaps {meant} is meant" if meant else ""
        return "unknown-operator", f"IAM has no condition operator {operator_name!r}{hint}"
    if key is None:
        return "unknown-key", f"the condition key {key_name!r} is neither an SES key nor a global one"
    if not values:
        return "no-values", "the condition lists no value"
    return _doubt_of_set(operator, key) or _doubt_of_values(operator, values) or _doubt_of_type(operator, key, values)


def _doubt_of_set(operator: Operator, key: Key) -> Doubt:
    if key.is_multivalued and operator.quantifier is Quantifier.NONE and operator.family is not Family.NULL:
        return (
            "multivalued-without-set-operator",
            f"{key.name} has several values: without ForAllValues or ForAnyValue the comparison is not defined",
        )
    return None


def _doubt_of_values(operator: Operator, values: Sequence[str]) -> Doubt:
    readable = _READABLE.get(operator.family)
    if readable is None:
        return None
    for value in values:
        if not readable(value):
            return "unreadable-value", f"{value!r} cannot be read by {operator.family.value} operators"
    return None


def _is_number(value: str) -> bool:
    return re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", value) is not None


def _is_bool(value: str) -> bool:
    return value.lower() in ("true", "false") or _is_boolean_variable(value)


def _is_boolean_variable(value: str) -> bool:
    """Whether the text is one variable and nothing else, of a key that is always true or false."""
    named = REFERENCE.fullmatch(value[2:-1]) if VARIABLE.fullmatch(value) else None
    key = find_key(named[1]) if named else None
    return key is not None and key.kind is Kind.BOOL


_READABLE: dict[Family, Callable[[str], bool]] = {
    Family.NUMERIC: _is_number,
    Family.DATE: lambda value: instant_of(value) is not None,
    Family.IP: lambda value: range_of(value) is not None,
    Family.BOOL: _is_bool,
    Family.NULL: lambda value: value.lower() in ("true", "false"),
    Family.ARN: lambda value: value.count(":") >= 5 or not has_wildcard(value) or set(value) == {"*"},
}
_FAMILIES = {
    Kind.TEXT: {Family.STRING, Family.ARN, Family.BOOL},
    Kind.BOOL: {Family.STRING, Family.ARN, Family.BOOL},
    Kind.NUMBER: {Family.NUMERIC},
    Kind.DATE: {Family.DATE, Family.NUMERIC},
    Kind.ADDRESS: {Family.IP},
}


def _doubt_of_type(operator: Operator, key: Key, values: Sequence[str]) -> Doubt:
    if operator.family is Family.NULL or operator.family in _FAMILIES[key.kind] or key.source is Source.NOBODY:
        return None
    if key.kind is Kind.TEXT and operator.family is Family.NUMERIC and operator.comparison == "Equals":
        return None
    if key.kind is Kind.ADDRESS and operator.family is Family.STRING and all(range_of(value) for value in values):
        return None
    return "odd-operator", f"{operator.family.value} operators are not made for {key.name}"

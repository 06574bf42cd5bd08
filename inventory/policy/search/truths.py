"""Truths: whether a condition holds for the keys that one request carries."""

from collections.abc import Callable, Mapping

from inventory.policy.keys import Kind
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.instants import instant_of
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.requests import ContextValue
from inventory.policy.search.networks import Range, intersect, merge, range_of


def texts_of(context: Mapping[str, ContextValue]) -> dict[str, str]:
    """The keys with exactly one value, by lower-case name: what a policy variable can stand for."""
    found = {}
    for key, value in context.items():
        if isinstance(value, str):
            found[key.lower()] = value
        elif len(value) == 1:
            found[key.lower()] = value[0]
    return found


def holds(condition: Condition, context: Mapping[str, ContextValue], constants: Mapping[str, str]) -> bool:
    """Whether a condition surely holds for a request that carries these keys: of values in doubt none counts."""
    key = condition.key
    value = context.get(key.name) if key is not None else None
    values = (value,) if isinstance(value, str) else value or ()
    operator = condition.operator
    if operator is None:
        return False
    if operator.family is Family.NULL:
        return ("false" if values else "true") in condition.null_values
    if not values:
        return condition.when_missing
    if condition.doubt and (operator.is_negated or condition.doubt_code == "odd-operator"):
        return False
    known = {**texts_of(context), **constants} if condition.variables else {}
    results = [matches(condition, each, known) is not operator.is_negated for each in values]
    return any(results) if operator.quantifier is Quantifier.ANY else all(results)


def matches(condition: Condition, value: str, context: Mapping[str, str]) -> bool:
    """Whether one value of a key equals, fits or exceeds one of the condition's values."""
    operator = condition.operator
    if operator is None:
        return False
    if condition.key is not None and condition.key.kind is Kind.ADDRESS:
        address = range_of(value)
        return address is not None and bool(intersect([address], ranges_of(condition)))
    if operator.family in (Family.DATE, Family.NUMERIC) and not _is_textual(condition):
        actual = number_of(value, operator.family)
        return actual is not None and any(
            _COMPARE[operator.comparison](actual, limit)
            for each in condition.values
            if (limit := number_of(each, operator.family)) is not None
        )
    return condition.language(context).matches(value)


def _is_textual(condition: Condition) -> bool:
    return condition.key is None or condition.key.kind in (Kind.TEXT, Kind.BOOL)


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda actual, limit: actual == limit,
    "LessThan": lambda actual, limit: actual < limit,
    "LessThanEquals": lambda actual, limit: actual <= limit,
    "GreaterThan": lambda actual, limit: actual > limit,
    "GreaterThanEquals": lambda actual, limit: actual >= limit,
}


def number_of(text: str, family: Family) -> float | None:
    if family is Family.DATE:
        instant = instant_of(text)
        return instant.timestamp() if instant is not None else None
    try:
        return float(text)
    except ValueError:
        return None


def ranges_of(condition: Condition) -> tuple[Range, ...]:
    """The addresses that the values of a condition name; compared as text, only a plain address is one."""
    is_text = condition.operator is not None and condition.operator.family is Family.STRING
    values = [value for value in condition.values if not (is_text and "/" in value)]
    return merge(found for value in values if (found := range_of(value)) is not None)

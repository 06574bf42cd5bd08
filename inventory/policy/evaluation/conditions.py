"""Conditions: whether a statement's condition block holds for one request.

Operators and keys are joined by AND, values by OR; for a negated operator none of the values may match. A key the
request does not carry makes a positive operator false and a negated one true, ``...IfExists`` and ``ForAllValues``
true, ``ForAnyValue`` false. Documented nowhere, and so open: a key of several values without a set operator, an
operator on the value of a key of another type, a policy value that its operator cannot read, and whether a request
carries a key that nobody documents.
"""

from collections.abc import Mapping, Sequence

from inventory.policy.evaluation.keys import MULTIVALUED, is_documented, is_made_for
from inventory.policy.evaluation.operators import Operator, Scope, operator_named
from inventory.policy.evaluation.truth import Truth, both, either, opposite

Block = Mapping[str, Mapping[str, Sequence[str]]]


def holds(block: Block, scope: Scope) -> Truth:
    """Whether every operator and key of the block holds."""
    return both(one_holds(name, key, values, scope) for name, tests in block.items() for key, values in tests.items())


def one_holds(name: str, key: str, values: Sequence[str], scope: Scope) -> Truth:
    """Whether one operator holds for one key; open where the operator is unknown or there is no value to compare."""
    operator = operator_named(name)
    if operator is None or not values:
        return None
    actual = scope.context.get(key.lower(), ())
    if operator.compare is None and (actual or is_documented(key)):
        return either(_null(value, is_missing=not actual) for value in values)
    if _is_open(operator, key, values, is_missing=not actual):
        return None
    return _of_all(operator, values, actual, scope) if actual else _when_missing(operator)


def _of_all(operator: Operator, values: Sequence[str], actual: Sequence[str], scope: Scope) -> Truth:
    fits = [_fits(operator, values, value, scope) for value in actual]
    if operator.quantifier == "ForAllValues":
        return both(fits)
    if operator.quantifier == "ForAnyValue":
        return either(fits)
    return fits[0] if len(set(fits)) == 1 else None


def _is_open(operator: Operator, key: str, values: Sequence[str], *, is_missing: bool) -> bool:
    if operator.compare is None:
        return True
    if not operator.quantifier and key.lower() in MULTIVALUED:
        return True
    if not all(operator.can_read(value) for value in values):
        return True
    if not is_documented(key):
        return is_missing
    return not is_missing and not is_made_for(operator.base, key, values)


def _null(value: str, *, is_missing: bool) -> Truth:
    wanted = value.lower()
    return is_missing == (wanted == "true") if wanted in ("true", "false") else None


def _when_missing(operator: Operator) -> bool:
    if operator.if_exists or operator.quantifier == "ForAllValues":
        return True
    return operator.negated and operator.quantifier != "ForAnyValue"


def _fits(operator: Operator, wanted: Sequence[str], value: str, scope: Scope) -> Truth:
    assert operator.compare is not None  # noqa: S101 - Null was answered by the caller
    equal = either(operator.compare(each, value, scope) for each in wanted)
    return opposite(equal) if operator.negated else equal

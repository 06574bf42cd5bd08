"""Condition operators: their names, what each compares, and which are negated."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from inventory.policy.evaluation import comparisons
from inventory.policy.evaluation.patterns import Pattern
from inventory.policy.evaluation.truth import Truth
from inventory.policy.evaluation.variables import Context, UnreadableVariableError, expand

_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a policy value is read against: the request's keys, and whether the policy's version knows variables."""

    context: Context
    variables: bool


Comparison = Callable[[str, str, Scope], Truth]


@dataclass(frozen=True, slots=True)
class Operator:
    """``base`` is its name without modifiers; ``quantifier`` is ``ForAllValues``, ``ForAnyValue`` or empty.

    ``compare`` is ``None`` for ``Null``.
    """

    base: str
    quantifier: str
    if_exists: bool
    negated: bool
    compare: Comparison | None

    def can_read(self, wanted: str) -> bool:
        """Whether a policy value is one that the operator compares with, as far as it shows without a request."""
        readable = next((check for start, check in _READABLE.items() if self.base.startswith(start)), None)
        return readable is None or readable(wanted)


@lru_cache(maxsize=256)
def operator_named(name: str) -> Operator | None:
    """The operator, or ``None`` for a name that IAM does not know."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    quantifier, base, if_exists = found.groups()
    if base == "Null":
        return Operator(base, "", False, False, None) if not quantifier and not if_exists else None
    if base not in _COMPARISONS:
        return None
    compare, negated = _COMPARISONS[base]
    return Operator(base, quantifier or "", bool(if_exists), negated, compare)


def _patterned(compare: Callable[[Pattern, str], Truth], *, wildcards: bool) -> Comparison:
    def compared(wanted: str, value: str, scope: Scope) -> Truth:
        try:
            pattern = expand(wanted, scope.context, variables=scope.variables, wildcards=wildcards)
        except UnreadableVariableError:
            return None
        return False if pattern is None else compare(pattern, value)

    return compared


def _plain(compare: Callable[[str, str], Truth]) -> Comparison:
    def compared(wanted: str, value: str, _scope: Scope) -> Truth:
        return compare(wanted, value)

    return compared


_EXACT = _patterned(comparisons.equal_text, wildcards=False)
_FOLDED = _patterned(comparisons.equal_folded, wildcards=False)
_LIKE = _patterned(comparisons.equal_text, wildcards=True)
_ARN = _patterned(comparisons.equal_arn, wildcards=True)
_BOOL = _patterned(comparisons.equal_bool, wildcards=False)
_NETWORK = _plain(comparisons.in_network)

_READABLE: dict[str, Callable[[str], bool]] = {
    "Numeric": comparisons.is_number,
    "Date": lambda wanted: comparisons.instant(wanted) is not None,
    "IpAddress": comparisons.is_network,
    "NotIpAddress": comparisons.is_network,
    "Bool": lambda wanted: "${" in wanted or wanted.lower() in ("true", "false"),
    "Arn": comparisons.is_arn_pattern,
}

_COMPARISONS: dict[str, tuple[Comparison, bool]] = {
    "StringEquals": (_EXACT, False),
    "StringNotEquals": (_EXACT, True),
    "StringEqualsIgnoreCase": (_FOLDED, False),
    "StringNotEqualsIgnoreCase": (_FOLDED, True),
    "StringLike": (_LIKE, False),
    "StringNotLike": (_LIKE, True),
    "ArnEquals": (_ARN, False),
    "ArnLike": (_ARN, False),
    "ArnNotEquals": (_ARN, True),
    "ArnNotLike": (_ARN, True),
    "Bool": (_BOOL, False),
    "BinaryEquals": (_plain(comparisons.equal_binary), False),
    "IpAddress": (_NETWORK, False),
    "NotIpAddress": (_NETWORK, True),
    "NumericNotEquals": (_plain(comparisons.numeric(comparisons.ORDERINGS["Equals"])), True),
    "DateNotEquals": (_plain(comparisons.dated(comparisons.ORDERINGS["Equals"])), True),
    **{
        f"{family}{name}": (_plain(typed(ordering)), False)
        for family, typed in (("Numeric", comparisons.numeric), ("Date", comparisons.dated))
        for name, ordering in comparisons.ORDERINGS.items()
    },
}

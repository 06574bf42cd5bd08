"""Condition: one operator on one key of a statement, parsed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from inventory.policy.keys import Key, Kind, Source, find_key
from inventory.policy.reading.instants import instant_of
from inventory.policy.search.globs import Language, Pattern, Wild, arn_pattern, literal, wildcard
from inventory.policy.search.networks import range_of

Path = tuple[str | int, ...]


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
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_REFERENCE = re.compile(r"\s*([^,\s'*?$]+)\s*(?:,\s*'([^']*)'\s*)?")
_SPECIAL = {"*", "?", "$"}


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
    return _BY_LOWER.get(bare, "")


@dataclass(frozen=True)
class Condition:
    """``doubt`` says why nobody can judge the condition; else it is empty. ``values`` are as written.

    ``path`` points at the key inside the document. ``variables`` are the lower-case keys that the values refer to.
    """

    operator_name: str
    key_name: str
    values: tuple[str, ...]
    path: Path
    operator: Operator | None
    key: Key | None
    doubt: str
    doubt_code: str
    is_2012: bool
    variables: tuple[str, ...] = ()
    own: dict[str, Language] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is known of it; else, for all doubt, a request without the key is judged."""
        return self.doubt_code in _OPEN_DOUBTS

    @property
    def is_positive(self) -> bool:
        """Whether a present value must match one of the values."""
        return self.operator is not None and not self.operator.is_negated

    @cached_property
    def when_missing(self) -> bool:
        """What the condition says of a request without the key."""
        operator = self.operator
        if operator is None:
            return True
        if operator.family is Family.NULL:
            return "true" in self.null_values
        if operator.if_exists or operator.quantifier is Quantifier.ALL:
            return True
        return operator.is_negated and operator.quantifier is not Quantifier.ANY

    @cached_property
    def sources(self) -> frozenset[Source | None]:
        """Who decides the values that are compared; ``None`` stands for whoever decides what nobody knows."""
        keys = [self.key, *(find_key(variable) for variable in self.variables)]
        return frozenset(key.source if key is not None else None for key in keys)

    @cached_property
    def null_values(self) -> frozenset[str]:
        """The values of a ``Null`` condition."""
        return frozenset(value.lower() for value in self.values)

    @property
    def has_only_fixed_values(self) -> bool:
        """Whether no value has a wildcard or a variable."""
        return not self.variables and self.language({}) is not None and bool(self.language({}).texts)

    def language(self, context: Mapping[str, str]) -> Language:
        """The texts that the values match, variables filled in from ``context`` (lower-case keys).

        A value whose variable has neither a value nor a default matches nothing.
        """
        if not self.variables:
            if "" not in self.own:
                self.own[""] = self._language({})
            return self.own[""]
        return self._language(context)

    def _language(self, context: Mapping[str, str]) -> Language:
        patterns: list[Pattern] = []
        for value in self.values:
            if self.is_2012 and self.key is not None and _names_only(value, self.key.name):
                patterns.append(_ANY_ARN if self.operator and self.operator.family is Family.ARN else (Wild.MANY,))
                continue
            pattern = expand(value, context, has_wildcards=self._has_wildcards, has_variables=self.is_2012)
            if pattern is None:
                continue
            if self.operator is not None and self.operator.family is Family.ARN:
                pattern = arn_pattern(pattern)
                if pattern is None:
                    continue
            patterns.append(pattern)
            if self.operator is not None and self.operator.family is Family.NUMERIC:
                patterns.append(literal(value.strip().zfill(12)))
        return Language(patterns, is_folded=self.operator is not None and self.operator.is_folded)

    @property
    def _has_wildcards(self) -> bool:
        return self.operator is not None and self.operator.comparison == "Like"

    def references(self) -> tuple[tuple[str, bool], ...]:
        """(lower-case key, whether every use has a default) of the variables."""
        found: dict[str, bool] = {}
        for value in self.values:
            for inside in _VARIABLE.findall(value):
                named = _REFERENCE.fullmatch(inside)
                if named is not None:
                    key = named[1].lower()
                    found[key] = found.get(key, True) and named[2] is not None
        return tuple(found.items())


def expand(value: str, context: Mapping[str, str], *, has_wildcards: bool, has_variables: bool) -> Pattern | None:
    """The pattern that a value stands for; ``None`` where a variable without default has no value."""
    plain = wildcard if has_wildcards else literal
    if not has_variables or "${" not in value:
        return plain(value)
    parts: list[Pattern] = []
    for position, piece in enumerate(_VARIABLE.split(value)):
        if position % 2 == 0:
            parts.append(plain(piece))
            continue
        if piece in _SPECIAL:
            parts.append((piece,))
            continue
        named = _REFERENCE.fullmatch(piece)
        filled = context.get(named[1].lower(), named[2]) if named is not None else None
        if filled is None:
            return None
        parts.append(literal(filled))
    return tuple(token for part in parts for token in part)


def _names_only(value: str, key_name: str) -> bool:
    """Whether a value is the variable of its own key and nothing else: any value of the key is equal to that."""
    found = _VARIABLE.fullmatch(value)
    named = _REFERENCE.fullmatch(found[1]) if found is not None else None
    return named is not None and named[1].lower() == key_name.lower()


def has_wildcard(value: str) -> bool:
    """Whether a value written for a ``Like`` operator has a wildcard."""
    return any(isinstance(token, Wild) for token in wildcard(_VARIABLE.sub("", value)))


def condition_of(operator_name: str, key_name: str, values: Sequence[str], path: Path, *, is_2012: bool) -> Condition:
    """One condition, with the reason for any doubt about what it means."""
    operator, key = operator_of(operator_name), find_key(key_name)
    variables = _variables_in(values) if is_2012 and operator is not None and _may_have_variables(operator) else ()
    variables = tuple(each for each in variables if key is None or each != key.name.lower())
    code, doubt = _doubt(operator_name, key_name, operator, key, values) or ("", "")
    if not doubt and is_2012 and any("${" in value for value in values):
        code, doubt = _doubt_of_variables(values) or ("", "")
    return Condition(
        operator_name=operator_name,
        key_name=key_name,
        values=tuple(values),
        path=path,
        operator=operator,
        key=key,
        doubt=doubt,
        doubt_code=code,
        is_2012=is_2012 and operator is not None and _may_have_variables(operator),
        variables=variables,
    )


def _may_have_variables(operator: Operator) -> bool:
    return operator.family in (Family.STRING, Family.ARN, Family.BOOL)


def _variables_in(values: Sequence[str]) -> tuple[str, ...]:
    found = [
        named[1].lower()
        for value in values
        for inside in _VARIABLE.findall(value)
        if (named := _REFERENCE.fullmatch(inside)) is not None
    ]
    return tuple(dict.fromkeys(found))


def _doubt_of_variables(values: Sequence[str]) -> tuple[str, str] | None:
    for value in values:
        if "${" in _VARIABLE.sub("", value):
            return "unknown-variable", f"{value!r} opens a policy variable and does not close it"
        for inside in _VARIABLE.findall(value):
            if inside in _SPECIAL:
                continue
            named = _REFERENCE.fullmatch(inside)
            if named is None or find_key(named[1]) is None:
                return "unknown-variable", f"the policy variable ${{{inside}}} is not known"
    return None


Doubt = tuple[str, str] | None
_ANY_ARN = arn_pattern((Wild.MANY,)) or ()
_OPEN_DOUBTS = {"unknown-operator", "unknown-key", "no-values", "multivalued-without-set-operator", "unreadable-value"}


def _doubt(
    operator_name: str, key_name: str, operator: Operator | None, key: Key | None, values: Sequence[str]
) -> Doubt:
    if operator is None:
        meant = suggestion_for(operator_name)
        hint = f"; did you mean {meant}?" if meant else ""
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
    return value.lower() in ("true", "false") or _VARIABLE.search(value) is not None


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

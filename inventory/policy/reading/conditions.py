"""Condition: one operator on one key of a statement, parsed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from inventory.policy.keys import Key, Source, find_key
from inventory.policy.reading.doubts import OPEN_DOUBTS, doubt_of, doubt_of_variables
from inventory.policy.reading.operators import Family, Operator, Quantifier, operator_of
from inventory.policy.reading.values import REFERENCE, VARIABLE, expand, names_only, variables_in
from inventory.policy.search.languages import Language, Pattern, Wild, arn_pattern, literal

Path = tuple[str | int, ...]


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
        return self.doubt_code in OPEN_DOUBTS

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
            if self.is_2012 and self.key is not None and names_only(value, self.key.name):
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
            for inside in VARIABLE.findall(value):
                named = REFERENCE.fullmatch(inside)
                if named is not None:
                    key = named[1].lower()
                    found[key] = found.get(key, True) and named[2] is not None
        return tuple(found.items())


def condition_of(operator_name: str, key_name: str, values: Sequence[str], path: Path, *, is_2012: bool) -> Condition:
    """One condition, with the reason for any doubt about what it means."""
    operator, key = operator_of(operator_name), find_key(key_name)
    variables = variables_in(values) if is_2012 and operator is not None and _may_have_variables(operator) else ()
    variables = tuple(each for each in variables if key is None or each != key.name.lower())
    code, doubt = doubt_of(operator_name, key_name, operator, key, values) or ("", "")
    if not doubt and is_2012 and any("${" in value for value in values):
        code, doubt = doubt_of_variables(values) or ("", "")
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


_ANY_ARN = arn_pattern((Wild.MANY,)) or ()

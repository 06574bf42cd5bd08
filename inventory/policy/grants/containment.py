"""Containment: whether every value that some conditions let through is one of those wanted."""

from collections.abc import Sequence

from inventory.policy.grants.addresses import pattern_of
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.search.automaton import TooHardError
from inventory.policy.search.globs import find
from inventory.policy.search.languages import Language
from inventory.policy.search.networks import EVERYWHERE, Range, complement, intersect, merge
from inventory.policy.search.templates import PRINTABLE, Demand, Segment
from inventory.policy.search.truths import ranges_of

_VALUE = "value"


def is_text_within(conditions: Sequence[Condition], addresses: Sequence[str]) -> str:
    """Empty where each value that all conditions let through is one of the addresses; else what others there are.

    Where nobody can tell, that is said; it is never empty then.
    """
    wanted = Language([pattern_of(address) for address in addresses])
    usable = [condition for condition in conditions if _speaks_of_each_value(condition)]
    if any(_is_plainly_within(condition, wanted) for condition in usable):
        return ""
    demands = [Demand(_VALUE, c.language({}), c.is_positive) for c in usable]
    try:
        found = find(_any_text([*demands, Demand(_VALUE, wanted, False)]), [*demands, Demand(_VALUE, wanted, False)])
    except TooHardError:
        return "addresses that are too entangled to compare"
    return "" if found is None else f"others, {found[0]!r} for one"


def _speaks_of_each_value(condition: Condition) -> bool:
    operator, key = condition.operator, condition.key
    if operator is None or key is None or operator.family is not Family.STRING:
        return False
    return not key.is_multivalued or operator.quantifier is Quantifier.ALL


def _is_plainly_within(condition: Condition, wanted: Language) -> bool:
    """Whether a look at the patterns shows it, one by one."""
    if not condition.is_positive or condition.operator is None or condition.operator.is_folded:
        return False
    own = condition.language({})
    if set(own.patterns) <= set(wanted.patterns):
        return True
    return own.texts is not None and all(wanted.matches(text) for text in own.texts)


def _any_text(demands: Sequence[Demand]) -> tuple[Segment, ...]:
    named = {token for d in demands for pattern in d.language.patterns for token in pattern if isinstance(token, str)}
    cased = {each for char in named for each in (char, char.lower(), char.upper()) if len(each) == 1}
    # One character that no pattern names stands for all of them.
    alphabet = "".join([PRINTABLE, *sorted(cased - set(PRINTABLE)), _unnamed(cased)])
    return (Segment((_VALUE,), "someone@example.net", alphabet, 0),)


def _unnamed(named: set[str]) -> str:
    return next(chr(code) for code in range(0x4E00, 0x9FFF) if chr(code) not in named)


def ranges_within(conditions: Sequence[Condition], wanted: Sequence[Range]) -> bool:
    """Whether each source address that all conditions let through lies in one of the ranges."""
    allowed: tuple[Range, ...] = EVERYWHERE
    for condition in conditions:
        operator = condition.operator
        if operator is not None and operator.family is Family.IP:
            own = ranges_of(condition)
            allowed = intersect(allowed, complement(own) if operator.is_negated else own)
    return not intersect(allowed, complement(merge(wanted)))

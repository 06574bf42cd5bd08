"""Wants: what some conditions, held true or false, ask of each key of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from inventory.policy.keys import Key, Presence, Source, find_key, presence
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.requests import ContextValue
from inventory.policy.search.automaton import Budget
from inventory.policy.search.globs import find
from inventory.policy.search.populations import Population
from inventory.policy.search.settings import Setting
from inventory.policy.search.templates import Demand, Template, read
from inventory.policy.search.truths import matches

SINGLE = {Source.CHOSEN, Source.CONTENT, Source.CLOCK, Source.IDENTITY, Source.NOBODY}


@dataclass
class Wanted:
    """What the literals ask of one key."""

    key: Key
    can_be_absent: bool = True
    can_be_present: bool = True
    each: list[tuple[Condition, bool]] = field(default_factory=list)  # of every value: is it to match
    some: list[tuple[Condition, bool]] = field(default_factory=list)  # of one value at least


class Wants:
    """What is wanted of each key of one population; the base of a search."""

    def __init__(self, setting: Setting, population: Population, context: Mapping[str, str], budget: Budget) -> None:
        self.setting, self.population, self.context, self.budget = setting, population, context, budget
        self.wanted: dict[str, Wanted] = {}
        self.pins: dict[str, str | None] = {}
        self.linked = False
        self.is_impossible = False

    def want(self, condition: Condition, *, truth: bool) -> None:
        """Add one literal."""
        key, operator = condition.key, condition.operator
        if key is None or operator is None:
            self.is_impossible |= condition.when_missing is not truth
            return
        wanted = self.wanted.setdefault(key.name, Wanted(key))
        if operator.family is Family.NULL:
            wanted.can_be_absent &= ("true" in condition.null_values) is truth
            wanted.can_be_present &= ("false" in condition.null_values) is truth
            return
        wanted.can_be_absent &= condition.when_missing is truth
        if condition.doubt and (truth or operator.is_negated or condition.doubt_code == "odd-operator"):
            return
        self.linked |= bool(condition.variables)
        match = truth is not operator.is_negated
        is_some = key.is_multivalued and (operator.quantifier is Quantifier.ANY) is truth
        (wanted.some if is_some else wanted.each).append((condition, match))

    def pin(self, key: str, value: str | None) -> None:
        """Fix the value of a key, by lower-case name; ``None``: the key is missing."""
        self.pins[key] = value
        self.linked = True
        known = find_key(key)
        if known is not None:
            self.wanted.setdefault(known.name, Wanted(known))

    def _presence(self, key: Key) -> Presence:
        return presence(key, self.population.channel, self.population.action)

    def _fits_presence(self, wanted: Wanted) -> bool:
        is_present = self._presence(wanted.key)
        if is_present is Presence.ALWAYS:
            wanted.can_be_absent = False
        elif is_present is Presence.NEVER:
            wanted.can_be_present = False
        if wanted.key.name.lower() in self.pins:
            wanted.can_be_absent &= self.pins[wanted.key.name.lower()] is None
            wanted.can_be_present &= self.pins[wanted.key.name.lower()] is not None
        return wanted.can_be_absent or wanted.can_be_present

    def _can_miss(self, key: str) -> bool:
        wanted = self.wanted.get(key)
        return wanted is None or wanted.can_be_absent

    def _demands(self, key: str) -> list[Demand]:
        wanted = self.wanted.get(key)
        literals = [*wanted.each, *wanted.some] if wanted is not None else []
        demands = [Demand(key, condition.language(self.context), match) for condition, match in literals]
        pinned = self.pins.get(key.lower())
        if pinned is not None:
            demands.append(Demand(key, self.setting.language_of(f"={pinned}", [pinned]), True))
        return demands

    def _meets(self, wanted: Wanted, value: str) -> bool:
        return all(matches(c, value, self.context) is match for c, match in (*wanted.each, *wanted.some))

    def _with_keys(
        self, template: Template, keys: Sequence[str], demands: Sequence[Demand]
    ) -> tuple[tuple[str, ...], dict[str, ContextValue]] | None:
        """Solve a template with as few of the keys missing as can be."""
        asked = [key for key in keys if key in self.wanted]
        for count in range(len(asked) + 1):
            for missing in combinations(asked, count):
                if not all(self._can_miss(key) for key in missing):
                    continue
                present = [key for key in keys if key not in missing]
                if not all(self.wanted[key].can_be_present for key in present if key in self.wanted):
                    continue
                texts = find(template, [*demands, *(d for key in present for d in self._demands(key))], self.budget)
                if texts is not None:
                    return texts, {key: read(template, texts, key) for key in present}
        return None

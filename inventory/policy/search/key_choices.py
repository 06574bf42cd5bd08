"""Key choices: values for the keys that stand by themselves, and for where a call comes from."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from inventory.policy.channels import Channel
from inventory.policy.keys import Key, Kind, Source
from inventory.policy.reading.instants import epoch, iso
from inventory.policy.reading.operators import Family
from inventory.policy.requests import ContextValue
from inventory.policy.search.globs import find
from inventory.policy.search.networks import EVERYWHERE, Range, an_address, complement, fresh, intersect
from inventory.policy.search.populations import Literal
from inventory.policy.search.shapes import any_place, fresh_place, text_shapes
from inventory.policy.search.templates import Demand, read
from inventory.policy.search.truths import matches, number_of, ranges_of
from inventory.policy.search.wants import Wanted, Wants


class KeyChoices(Wants):
    """Chooses a value for each key that no other key depends on."""

    def _single(self, wanted: Wanted, context: dict[str, ContextValue]) -> bool:
        if wanted.can_be_present:
            value = self._value(wanted)
            if value is not None:
                context[wanted.key.name] = value
                return True
        return wanted.can_be_absent

    def _value(self, wanted: Wanted) -> ContextValue | None:
        key = wanted.key
        fixed = self._fixed(key)
        if fixed is not None:
            return fixed if self._meets(wanted, fixed) else None
        if key.is_multivalued:
            return self._values(wanted)
        return self._one(wanted, wanted.each)

    def _fixed(self, key: Key) -> str | None:
        if key.name == "aws:CurrentTime":
            return iso(self.population.instant)
        if key.name == "aws:EpochTime":
            return epoch(self.population.instant)
        if key.name.lower() in self.setting.context:
            return self.setting.context[key.name.lower()]
        return self.pins.get(key.name.lower())

    def _values(self, wanted: Wanted) -> tuple[str, ...] | None:
        if not wanted.some:
            one = self._one(wanted, wanted.each)
            return None if one is None else (one,)
        values = []
        for each in wanted.some:
            one = self._one(wanted, [*wanted.each, each])
            if one is None:
                return None
            values.append(one)
        return tuple(dict.fromkeys(values))

    def _one(self, wanted: Wanted, literals: Sequence[Literal]) -> str | None:
        """One value that meets the literals."""
        key = wanted.key
        if key.kind is Kind.ADDRESS:
            ranges = _addresses(literals)
            return an_address(ranges) if ranges else None
        if key.kind in (Kind.NUMBER, Kind.DATE):
            return self._number_or_date(key, literals)
        if key.kind is Kind.BOOL:
            options = [
                value for value in self._bools(key) if all(matches(c, value, self.context) is m for c, m in literals)
            ]
            return options[0] if options else None
        demands = [Demand(key.name, c.language(self.context), m) for c, m in literals]
        for template in text_shapes(self.setting, key.name):
            texts = find(template, demands, self.budget)
            if texts is not None:
                return read(template, texts, key.name)
        return None

    def _bools(self, key: Key) -> tuple[str, ...]:
        if key.name == "aws:PrincipalIsAWSService":
            return ("true",) if self.population.channel is Channel.SERVICE else ("false",)
        return ("false", "true") if key.name == "aws:ViaAWSService" else ("true", "false")

    def _number_or_date(self, key: Key, literals: Sequence[Literal]) -> str | None:
        family = Family.DATE if key.kind is Kind.DATE else Family.NUMERIC
        limits = sorted({n for c, _ in literals for v in c.values if (n := number_of(v, family)) is not None})
        options = [0.0] if family is Family.NUMERIC else [self.population.instant.timestamp() - 60]
        for limit in limits:
            options += [limit, limit - 1, limit + 1]
        options += [(low + high) / 2 for low, high in pairwise(limits)]
        for option in options:
            text = _shown(option, family)
            if text is not None and all(matches(c, text, self.context) is match for c, match in literals):
                return text
        return None

    # The network.

    def _network(self, context: dict[str, ContextValue]) -> bool:
        """Choose where the call comes from."""
        return all(
            self._place(wanted, context) for wanted in self.wanted.values() if wanted.key.source is Source.NETWORK
        )

    def _place(self, wanted: Wanted, context: dict[str, ContextValue]) -> bool:
        if not wanted.can_be_present:
            return wanted.can_be_absent
        literals = [*wanted.each, *wanted.some]
        if wanted.key.kind is Kind.ADDRESS:
            ranges = _addresses(literals)
            if self.population.is_network_fresh and wanted.key.name == "aws:SourceIp":
                ranges = fresh(ranges)
                ranges = intersect(ranges, self.setting.unnamed_addresses) or ranges
            value = an_address(ranges) if ranges else None
        else:
            value = self._endpoint(wanted.key.name, literals)
        if value is None:
            return wanted.can_be_absent
        context[wanted.key.name] = (value,) if wanted.key.is_multivalued else value
        return True

    def _endpoint(self, name: str, literals: Sequence[Literal]) -> str | None:
        demands = [Demand(name, c.language(self.context), match) for c, match in literals]
        if not self.population.is_network_fresh:
            template = any_place(self.setting, name)
            texts = find(template, demands, self.budget)
            return read(template, texts, name) if texts else None
        template, fixed = fresh_place(self.setting, name)
        texts = find(template, [*demands, *fixed], self.budget)
        return read(template, texts, name) if texts else None


def _addresses(literals: Sequence[Literal]) -> tuple[Range, ...]:
    """The addresses that meet the literals."""
    ranges: tuple[Range, ...] = EVERYWHERE
    for condition, match in literals:
        own = ranges_of(condition)
        ranges = intersect(ranges, own if match else complement(own))
    return ranges


def _shown(number: float, family: Family) -> str | None:
    if family is Family.NUMERIC:
        return str(int(number)) if number == int(number) else str(number)
    try:
        return iso(datetime.fromtimestamp(number).astimezone())
    except (ValueError, OverflowError, OSError):
        return None

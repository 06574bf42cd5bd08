"""Which owner rule fits an identity, found without trying each rule."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from inventory.models import Account, OwnerRule


def owner_is_here() -> Q:
    """Rows with a ``team`` or ``user`` of which the team or person is active."""
    return Q(team__is_active=True) | Q(user__is_active=True)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules in force by kind and value, each with its place in the order; those whose owner left are not asked."""

    rules: Mapping[tuple[str, str], tuple[int, OwnerRule]]
    units: tuple[str, ...]

    @classmethod
    def load(cls) -> Self:
        """One query."""
        return cls.of(OwnerRule.objects.live().filter(owner_is_here()))

    @classmethod
    def of(cls, rules: Iterable[OwnerRule]) -> Self:
        """Rules in their order."""
        numbered = {(rule.kind, rule.value): (number, rule) for number, rule in enumerate(rules)}
        return cls(numbered, tuple(value for kind, value in numbered if kind == OwnerRule.Kind.OU))

    def first(self, identity_name: str, account: Account) -> OwnerRule | None:
        """The first rule that fits."""
        found = [self.rules[each] for each in self._keys(identity_name, account) if each in self.rules]
        return min(found, key=lambda each: each[0])[1] if found else None

    def _keys(self, identity_name: str, account: Account) -> Iterator[tuple[str, str]]:
        labels = identity_name.rpartition("@")[2].rstrip(".").lower().split(".")
        for start in range(len(labels)):
            yield OwnerRule.Kind.DOMAIN_SUFFIX, ".".join(labels[start:])
        yield OwnerRule.Kind.ACCOUNT, account.account_id
        for unit in self.units:
            if is_below(account.ou_path, unit):
                yield OwnerRule.Kind.OU, unit


def is_below(path: str, unit: str) -> bool:
    """Whether an account's path (``o-.../r-.../ou-.../``) leads through a unit, given by its id or its own path."""
    steps, wanted = path.strip("/").split("/"), unit.strip("/").split("/")
    return wanted[0] in steps and steps[steps.index(wanted[0]) :][: len(wanted)] == wanted

"""Circle search: what the searches for a statement's circles of callers have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inventory.policy.circles.denials import Permission
from inventory.policy.keys import Presence, Source, presence
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.requests import CallerKind
from inventory.policy.search import callers
from inventory.policy.search.populations import Literal, Model, Population
from inventory.policy.search.settings import Setting
from inventory.policy.search.templates import Demand
from inventory.policy.trust import Trust


@dataclass(frozen=True)
class Circle:
    """Some callers whom a statement admits, and one request of theirs."""

    reach: Reach
    trust: Trust
    model: Model
    account: str | None = None
    organization: str | None = None
    principal: str | None = None
    service: str | None = None


NAMED = {
    PrincipalKind.ROLE: (callers.CALLER_ARN, CallerKind.ROLE_SESSION),
    PrincipalKind.USER: (callers.CALLER_ARN, CallerKind.USER),
    PrincipalKind.FEDERATED: (callers.CALLER_ARN, CallerKind.FEDERATED_SESSION),
    PrincipalKind.SESSION: (callers.CALLER_SESSION, CallerKind.ROLE_SESSION),
}


class CircleSearch(ABC):
    """The circles of one statement for one channel, action and instant (those of ``population``)."""

    def __init__(
        self, permission: Permission, statement: Statement, population: Population, denies: Sequence[Statement]
    ) -> None:
        self.permission, self.statement, self.denies = permission, statement, denies
        self.setting: Setting = permission.setting
        self.base = population._replace(demands=self._unnamed()) if statement.excludes_principals else population
        self.literals: list[Literal] = [(c, True) for c in statement.conditions if not c.is_open]
        self.asked = frozenset(source for each in (statement, *denies) for c in each.conditions for source in c.sources)
        self.reported: tuple[str, ...] = ()

    def find(self) -> list[Circle]:
        """Every circle, the wider first; one inside a wider one is left out. Doubts make all of them undetermined."""
        if any(self._is_never_met(condition) for condition, _ in self.literals):
            return []
        found = list(self._circles())
        if self.statement.doubts:
            return [self._doubtful(circle) for circle in found]
        return [circle if circle.model.is_certain else self._doubtful(circle) for circle in found]

    def asks_for(self, source: Source) -> bool:
        """Whether the statement or a Deny depends on keys of the source; else all callers are alike in them."""
        return source in self.asked or None in self.asked

    def _is_never_met(self, condition: Condition) -> bool:
        """Whether the condition needs a key that no request of the channel carries."""
        key, where = condition.key, self.base
        return (
            key is not None
            and not condition.when_missing
            and presence(key, where.channel, where.action) is Presence.NEVER
        )

    @abstractmethod
    def _circles(self) -> Iterator[Circle]: ...

    def _doubtful(self, circle: Circle) -> Circle:
        if circle.reach is Reach.SELF:
            return circle
        return Circle(Reach.UNDETERMINED, Trust.UNKNOWN, replace(circle.model, is_certain=False))

    def _model(self, population: Population) -> Model | None:
        return self.permission.model(population, self.literals, self.denies)

    def _unnamed(self) -> tuple[Demand, ...]:
        """Not to be one of those that NotPrincipal names."""
        found: dict[str, list[str]] = {}
        for principal in self.statement.principals:
            if principal.kind in NAMED:
                found.setdefault(NAMED[principal.kind][0], []).append(principal.value)
            elif principal.kind is PrincipalKind.SERVICE:
                found.setdefault("service", []).append(principal.value)
        return tuple(
            Demand(reader, self.setting.language_of(f"={'|'.join(values)}", values), False)
            for reader, values in found.items()
        )

    @property
    def _is_open(self) -> bool:
        """Whether everyone but those named is meant."""
        return self.statement.excludes_principals

    @property
    def _is_closed(self) -> bool:
        """Whether everyone but everyone is meant."""
        return self._is_open and any(p.kind is PrincipalKind.ANYONE and p.is_exact for p in self.statement.principals)

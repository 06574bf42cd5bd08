"""Denials: a request that no Deny stops, or the certainty of none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory.policy.channels import Channel
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.principals import Principal, PrincipalKind
from inventory.policy.requests import Caller, CallerKind
from inventory.policy.search import callers
from inventory.policy.search.populations import Literal, Model, Population
from inventory.policy.search.settings import Setting
from inventory.policy.search.solver import Solver
from inventory.policy.search.templates import Demand

_MOST_ATTEMPTS = 400


def certain_denies(setting: Setting) -> tuple[Statement, ...]:
    """The Denys that are judged: those that surely mean the identity, with conditions that can be judged."""
    return tuple(
        statement
        for statement in setting.statements
        if not statement.allows
        and not any(condition.is_open for condition in statement.conditions)
        and statement.covers(setting.identity_arn, setting.context, surely=True)
    )


class Permission:
    """The search for a request that some conditions allow and no Deny stops."""

    def __init__(self, setting: Setting, solver: Solver, denies: Sequence[Statement] | None = None) -> None:
        self.setting, self.solver = setting, solver
        self.denies = certain_denies(setting) if denies is None else tuple(denies)

    def without_denies(self) -> "Permission":
        """The same as if no Deny existed."""
        return Permission(self.setting, self.solver, ())

    def denies_of(self, action: str) -> tuple[Statement, ...]:
        """The Denys that mean an action (without ``ses:``)."""
        return tuple(statement for statement in self.denies if statement.covers_action(f"ses:{action}"))

    def model(self, population: Population, literals: Sequence[Literal], denies: Sequence[Statement]) -> Model | None:
        """A request of the population that the literals let through and no Deny surely stops."""
        return _Search(self, denies).run(population, tuple(literals))

    def stops(self, statement: Statement, model: Model) -> bool:
        """Whether a Deny surely fires for a model."""
        return names(statement, model.caller) and all(self.solver.holds(c, model) for c in statement.conditions)


def names(statement: Statement, caller: Caller) -> bool:
    """Whether the principal element of a Deny surely means a caller."""
    if not statement.excludes_principals:
        return any(principal.names(caller) for principal in statement.principals)
    return not any(_could_mean(principal, caller) for principal in statement.principals)


def _could_mean(principal: Principal, caller: Caller) -> bool:
    if principal.kind is PrincipalKind.DOUBTFUL and principal.account is None:
        return caller.kind is not CallerKind.SERVICE or principal.path[-2:-1] != ("AWS",)
    if principal.kind is PrincipalKind.ANYONE:
        return principal.is_exact or caller.kind is not CallerKind.SERVICE
    if principal.kind is PrincipalKind.SERVICE:
        return caller.service == principal.value
    return principal.account is not None and principal.account == caller.account


class _Search:
    def __init__(self, permission: Permission, denies: Sequence[Statement]) -> None:
        self.permission, self.denies = permission, denies
        self.attempts = 0

    def run(self, population: Population, literals: tuple[Literal, ...]) -> Model | None:
        """Solve, see which Deny fires, make one of its conditions fail, solve again."""
        self.attempts += 1
        model = self.permission.solver.solve(population, literals)
        if model is None or not model.is_certain:
            return model
        if self.attempts > _MOST_ATTEMPTS:
            return replace(model, is_certain=False)
        fired = next((deny for deny in self.denies if self.permission.stops(deny, model)), None)
        if fired is None:
            return model
        for narrower, more in self._ways_round(fired, population, literals, model):
            found = self.run(narrower, more)
            if found is not None:
                return found
        return None

    def _ways_round(
        self, deny: Statement, population: Population, literals: tuple[Literal, ...], model: Model
    ) -> Iterator[tuple[Population, tuple[Literal, ...]]]:
        for condition in deny.conditions:
            if (condition, True) not in literals:
                yield population, (*literals, (condition, False))
        if not deny.excludes_principals:
            yield from self._other_callers(deny, population, literals, model)

    def _other_callers(
        self, deny: Statement, population: Population, literals: tuple[Literal, ...], model: Model
    ) -> Iterator[tuple[Population, tuple[Literal, ...]]]:
        """The same population without the principals that the Deny names."""
        naming = [principal for principal in deny.principals if principal.names(model.caller)]
        demands = []
        for principal in naming:
            reader = self._reader(principal, population)
            if reader is None:
                return
            language = self.permission.setting.language_of(f"={principal.value}", [principal.value])
            demands.append(Demand(reader, language, False))
        yield population._replace(demands=(*population.demands, *demands)), literals

    def _reader(self, principal: Principal, population: Population) -> str | None:
        if population.channel is Channel.SERVICE:
            return "service" if principal.kind is PrincipalKind.SERVICE else None
        if principal.kind is PrincipalKind.SESSION:
            return callers.CALLER_SESSION
        named = (PrincipalKind.ROLE, PrincipalKind.USER, PrincipalKind.FEDERATED)
        return callers.CALLER_ARN if principal.kind in named else None

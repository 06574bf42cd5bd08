"""Solver: a request of one population for which some conditions hold and others do not, or the certainty of none."""

from collections.abc import Mapping, Sequence

from inventory.policy.channels import Channel
from inventory.policy.keys import Presence, Source, find_key, presence
from inventory.policy.reading.conditions import Condition, condition_of
from inventory.policy.reading.instants import epoch, iso
from inventory.policy.requests import Caller, CallerKind, ContextValue
from inventory.policy.search.automaton import Budget, TooHardError
from inventory.policy.search.caller_choices import CallerChoices
from inventory.policy.search.populations import Literal, Model, Population
from inventory.policy.search.settings import Setting
from inventory.policy.search.truths import holds, texts_of
from inventory.policy.search.wants import SINGLE

_MOST_WORK = 180_000


class Solver:
    """Finds models. One solver serves one setting; what it has found out about callers it remembers."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._known: dict[object, tuple[Caller, dict[str, ContextValue]] | None] = {}
        self._there: dict[str, Condition] = {}
        self.budget = Budget(_MOST_WORK)

    def solve(self, population: Population, literals: Sequence[Literal]) -> Model | None:
        """A model of the population in which every literal holds, or ``None`` where there is none.

        A model that is not ``is_certain`` may be none: the search was given up.
        """
        linked = [each for each in literals if each[0].variables and not self._is_static(each[0], population)]
        fixed = [each for each in literals if each not in linked] if linked else literals
        try:
            if not linked:
                return self._solve(population, fixed, {})
            return self._solve_linked(population, fixed, linked)
        except TooHardError:
            return Model(Caller(CallerKind.USER), {}, is_certain=False)

    def _is_static(self, condition: Condition, population: Population) -> bool:
        """Whether no choice decides what the values stand for; a key that is never there decides by that alone."""
        if condition.variables and condition.key is not None and _is_never(condition.key.name, population):
            return True
        return all(v in self.setting.context or _is_never(v, population) for v in condition.variables)

    def _solve_linked(self, population: Population, fixed: Sequence[Literal], linked: list[Literal]) -> Model | None:
        """Conditions whose values name other keys: those are chosen first, then filled in; or the other way round."""
        base = self._solve(population, fixed, {})
        if base is None:
            return None
        there = [(self._presence_of(variable), True) for c, _ in linked for variable in c.variables]
        base = self._solve(population, [*fixed, *there], {}) or base
        attempt = self._filled_in(population, fixed, linked, base) or self._turned_round(population, fixed, linked)
        if attempt is not None:
            return attempt
        return None if _is_settled(population, linked) else Model(base.caller, base.context, is_certain=False)

    def _filled_in(
        self, population: Population, fixed: Sequence[Literal], linked: list[Literal], base: Model
    ) -> Model | None:
        for drop in (False, True):
            context = texts_of(base.context)
            if drop:
                context = {key: value for key, value in context.items() if key in self.setting.context}
            elif missing := [v for c, _ in linked for v in c.variables if v not in context]:
                context |= {key: _DEFAULTS.get(key, "sender") for key in missing}
            pins = {v: context.get(v) for c, _ in linked for v in c.variables if v not in self.setting.context}
            found = self._solve(population, [*fixed, *linked], {**context, **self.setting.context}, pins)
            if found is not None and self.holds_all(linked, found):
                return found
        return None

    def _turned_round(self, population: Population, fixed: Sequence[Literal], linked: list[Literal]) -> Model | None:
        """``key = ${other}`` also says what the other is, where the caller chooses that."""
        own = [c for c, _ in linked]
        pins: dict[str, str | None] = {}
        there = [(self._presence_of(condition.key.name), True) for condition in own if condition.key]
        model = self._solve(population, [*fixed, *there], {})
        if model is None:
            return None
        context = texts_of(model.context)
        for condition in own:
            for value in condition.values:
                if condition.key and value.startswith("${") and value.endswith("}") and value.count("${") == 1:
                    pins[condition.variables[0]] = context.get(condition.key.name.lower())
        if not pins or None in pins.values():
            return None
        keep = {c.key.name.lower(): context.get(c.key.name.lower()) for c in own if c.key}
        found = self._solve(population, [*fixed], {**context, **self.setting.context}, {**pins, **keep})
        return found if found is not None and self.holds_all(linked, found) else None

    def _presence_of(self, key: str) -> Condition:
        """The condition that a key is there."""
        if key not in self._there:
            self._there[key] = condition_of("Null", key, ["false"], (), is_2012=True)
        return self._there[key]

    def _solve(
        self,
        population: Population,
        literals: Sequence[Literal],
        context: Mapping[str, str],
        pins: Mapping[str, str | None] | None = None,
    ) -> Model | None:
        task = _Search(self.setting, population, {**self.setting.context, **context}, self.budget)
        for condition, truth in literals:
            task.want(condition, truth=truth)
        for key, value in (pins or {}).items():
            task.pin(key, value)
        return task.solve(self._known)

    def holds_all(self, literals: Sequence[Literal], model: Model) -> bool:
        """Whether every literal holds in a model."""
        return all(self.holds(condition, model) is truth for condition, truth in literals)

    def holds(self, condition: Condition, model: Model) -> bool:
        """Whether a condition surely holds in a model."""
        return holds(condition, model.context, self.setting.context)


_DEFAULTS = {"aws:username": "mail-sender", "aws:principaltag/": "sender"}


def _is_never(variable: str, population: Population) -> bool:
    key = find_key(variable)
    return key is not None and presence(key, population.channel, population.action) is Presence.NEVER


def _is_settled(population: Population, linked: Sequence[Literal]) -> bool:
    """Whether no choice can help: each variable is the key it is compared with, or fixed by the population."""
    settled = {v for c, _ in linked for v in c.variables if _is_never(v, population)}
    if population.account is not None:
        settled.add("aws:principalaccount")
    if len(population.organizations) == 1 and population.organizations[0]:
        settled.add("aws:principalorgid")
    return all(
        set(condition.variables) <= {condition.key.name.lower(), *settled} for condition, _ in linked if condition.key
    )


def over_endpoint(model: Model) -> Model:
    """The same request through a VPC endpoint; only where nobody asks from where it comes."""
    context = {key: value for key, value in model.context.items() if key not in _PLACES[Channel.DIRECT]}
    return Model(model.caller, context | _PLACES[Channel.VPC_ENDPOINT], model.is_certain)


class _Search(CallerChoices):
    """One search among one population."""

    def solve(self, known: dict[object, tuple[Caller, dict[str, ContextValue]] | None]) -> Model | None:
        """The model, or ``None``."""
        context: dict[str, ContextValue] = {}
        if self.is_impossible:
            return None
        for wanted in self.wanted.values():
            if not self._fits_presence(wanted):
                return None
            if wanted.key.source in SINGLE and not self._single(wanted, context):
                return None
        if not self._network(context):
            return None
        remembered = self._remembered()
        if remembered is None or remembered not in known:
            found = self._service() if self.population.channel is Channel.SERVICE else self._signer()
            if remembered is not None:
                known[remembered] = found
        else:
            found = known[remembered]
        if found is None:
            return None
        return Model(found[0], self._completed(context | found[1]))

    def _remembered(self) -> object:
        if self.linked:
            return None
        population = self.population
        asked = frozenset(
            (id(condition), match, wanted.can_be_absent, wanted.can_be_present)
            for wanted in self.wanted.values()
            if wanted.key.source in _JOINT
            for condition, match in (*wanted.each, *wanted.some, (None, False))
        )
        return (
            population.channel is Channel.SERVICE, population.account, population.organizations, population.unique_id,
            population.kinds, tuple((d.reader, id(d.language), d.is_inside) for d in population.demands),
            population.service, population.is_source_fresh, asked,
            frozenset(w.key.name for w in self.wanted.values() if w.key.source in _JOINT),
        )  # fmt: skip

    def _completed(self, context: dict[str, ContextValue]) -> dict[str, ContextValue]:
        """What a request of this kind carries besides."""
        instant = self.population.instant
        extra: dict[str, ContextValue] = {
            "aws:CurrentTime": iso(instant),
            "aws:EpochTime": epoch(instant),
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": self.setting.region,
            "aws:ResourceAccount": self.setting.owner_account,
        }
        if self.setting.registry.owner_organization:
            extra["aws:ResourceOrgID"] = self.setting.owner_organization
        extra |= _PLACES[self.population.channel]
        if self.population.action in _CARRY_CONTENT:
            identity = self.setting.identity_name
            extra["ses:FromAddress"] = identity if "@" in identity else f"news@{identity}"
            extra["ses:Recipients"] = ("someone@example.net",)
        return {key: value for key, value in extra.items() if key not in self.wanted} | context


_CARRY_CONTENT = {"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail", "SendBounce"}
_JOINT = {Source.CALLER, Source.ORGANIZATION, Source.SERVICE}
_PLACES: dict[Channel, dict[str, ContextValue]] = {
    Channel.DIRECT: {"aws:SourceIp": "203.0.113.77"},
    Channel.VPC_ENDPOINT: {
        "aws:SourceVpc": "vpc-0f1e2d3c4b5a69788",
        "aws:SourceVpce": "vpce-0f1e2d3c4b5a69788",
        "aws:VpcSourceIp": "10.20.30.40",
    },
    Channel.SERVICE: {},
}

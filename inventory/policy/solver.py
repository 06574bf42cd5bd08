"""Solver: a request of one population for which some conditions hold and others do not, or the certainty of none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, pairwise
from typing import NamedTuple

from inventory.policy import callers
from inventory.policy.channels import Channel
from inventory.policy.conditions import Condition, Family, Quantifier, condition_of
from inventory.policy.globs import (
    Budget,
    Demand,
    Language,
    Template,
    TooHardError,
    find,
    read,
)
from inventory.policy.instants import epoch, iso
from inventory.policy.keys import Key, Kind, Presence, Source, find_key, presence
from inventory.policy.networks import EVERYWHERE, Range, an_address, complement, fresh, intersect
from inventory.policy.requests import Caller, CallerKind, ContextValue
from inventory.policy.settings import Setting
from inventory.policy.shapes import any_place, fresh_place, text_shapes
from inventory.policy.truths import holds, matches, number_of, ranges_of, texts_of

Literal = tuple[Condition, bool]
"""A condition, and whether it has to hold."""

_MOST_WORK = 180_000
SIGNERS = (CallerKind.ROLE_SESSION, CallerKind.USER, CallerKind.ROOT_USER, CallerKind.FEDERATED_SESSION)


class Population(NamedTuple):
    """The callers that are looked among.

    ``account`` ``None``: an account that the policies do not name. ``organizations``: ids; ``None`` stands for no
    organization, ``""`` for one that the policies do not name. ``unique_id`` ``None``: one that they do not name.
    For services ``account`` and ``organizations`` are those of what the service acts for, ``service`` its name
    (``None`` for any), ``is_source_fresh`` whether that is fixed nowhere.
    """

    channel: Channel
    action: str
    instant: datetime
    account: str | None = None
    organizations: tuple[str | None, ...] = (None, "")
    is_network_fresh: bool = True
    unique_id: str | None = None
    kinds: tuple[CallerKind, ...] = SIGNERS
    demands: tuple[Demand, ...] = ()
    service: str | None = None
    is_source_fresh: bool = True


@dataclass(frozen=True)
class Model:
    """One request: who calls, and the keys it carries by their canonical names."""

    caller: Caller
    context: Mapping[str, ContextValue]
    is_certain: bool = True


@dataclass
class _Wanted:
    """What the literals ask of one key."""

    key: Key
    can_be_absent: bool = True
    can_be_present: bool = True
    each: list[tuple[Condition, bool]] = field(default_factory=list)  # of every value: is it to match
    some: list[tuple[Condition, bool]] = field(default_factory=list)  # of one value at least


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
        fixed = [each for each in literals if self._is_static(each[0])]
        linked = [each for each in literals if not self._is_static(each[0])]
        try:
            if not linked:
                return self._solve(population, fixed, {})
            return self._solve_linked(population, fixed, linked)
        except TooHardError:
            return Model(Caller(CallerKind.USER), {}, is_certain=False)

    def _is_static(self, condition: Condition) -> bool:
        return all(variable in self.setting.context for variable in condition.variables)

    def _solve_linked(self, population: Population, fixed: list[Literal], linked: list[Literal]) -> Model | None:
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
        self, population: Population, fixed: list[Literal], linked: list[Literal], base: Model
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

    def _turned_round(self, population: Population, fixed: list[Literal], linked: list[Literal]) -> Model | None:
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
        task = _Task(self.setting, population, {**self.setting.context, **context}, self.budget)
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


class _Task:
    """One search: what is wanted of each key of one population."""

    def __init__(self, setting: Setting, population: Population, context: Mapping[str, str], budget: Budget) -> None:
        self.setting, self.population, self.context, self.budget = setting, population, context, budget
        self.wanted: dict[str, _Wanted] = {}
        self.pins: dict[str, str | None] = {}
        self.linked = False
        self.is_impossible = False

    def want(self, condition: Condition, *, truth: bool) -> None:
        """Add one literal."""
        key, operator = condition.key, condition.operator
        if key is None or operator is None:
            self.is_impossible |= condition.when_missing is not truth
            return
        wanted = self.wanted.setdefault(key.name, _Wanted(key))
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
        if known is not None and known.source in _SINGLE:
            self.wanted.setdefault(known.name, _Wanted(known))

    def solve(self, known: dict[object, tuple[Caller, dict[str, ContextValue]] | None]) -> Model | None:
        """The model, or ``None``."""
        context: dict[str, ContextValue] = {}
        if self.is_impossible:
            return None
        for wanted in self.wanted.values():
            if not self._fits_presence(wanted):
                return None
            if wanted.key.source in _SINGLE and not self._single(wanted, context):
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

    def _presence(self, key: Key) -> Presence:
        return presence(key, self.population.channel, self.population.action)

    def _fits_presence(self, wanted: _Wanted) -> bool:
        is_present = self._presence(wanted.key)
        if is_present is Presence.ALWAYS:
            wanted.can_be_absent = False
        elif is_present is Presence.NEVER:
            wanted.can_be_present = False
        if wanted.key.name.lower() in self.pins:
            wanted.can_be_absent &= self.pins[wanted.key.name.lower()] is None
            wanted.can_be_present &= self.pins[wanted.key.name.lower()] is not None
        return wanted.can_be_absent or wanted.can_be_present

    # Keys by themselves.

    def _single(self, wanted: _Wanted, context: dict[str, ContextValue]) -> bool:
        if wanted.can_be_present:
            value = self._value(wanted)
            if value is not None:
                context[wanted.key.name] = value
                return True
        return wanted.can_be_absent

    def _value(self, wanted: _Wanted) -> ContextValue | None:
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

    def _meets(self, wanted: _Wanted, value: str) -> bool:
        return all(matches(c, value, self.context) is match for c, match in (*wanted.each, *wanted.some))

    def _values(self, wanted: _Wanted) -> tuple[str, ...] | None:
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

    def _one(self, wanted: _Wanted, literals: Sequence[Literal]) -> str | None:
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

    def _place(self, wanted: _Wanted, context: dict[str, ContextValue]) -> bool:
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

    # Who signs.

    def _signer(self) -> tuple[Caller, dict[str, ContextValue]] | None:
        if not self._has_account():
            return None
        place = self._organization(callers.ORG_ID, callers.ORG_PATHS)
        if place is None:
            return None
        organization, path, context = place
        for kind in self.population.kinds:
            found = self._caller(kind)
            if found is not None:
                template, texts, keys = found
                caller = callers.caller_of(kind, template, texts, organization or None, path)
                return caller, context | keys
        return None

    def _has_account(self) -> bool:
        """Whether what is wanted of account and ARN leaves an account at all, whatever the kind of caller."""
        population = self.population
        fixed = population.account
        if not self._can_miss(callers.ACCOUNT):
            account = callers.any_account(fixed or self.setting.fresh_account, is_free=fixed is None)
            demands = self._demands(callers.ACCOUNT)
            if fixed is None:
                demands.append(Demand(callers.CALLER_ACCOUNT, self._constant_accounts(), False))
            if find(account, demands, self.budget) is None:
                return False
        if self._can_miss(callers.ARN):
            return True
        return all(
            any((fixed is None) is not self._is_of(text, fixed) for text in demand.language.texts)
            for demand in self._demands(callers.ARN)
            if demand.is_inside and demand.language.texts is not None
        )

    def _is_of(self, arn: str, account: str | None) -> bool:
        """Whether an ARN names the account, or without one any that the policies name."""
        named = arn.split(":")[4:5]
        return named == [account] if account is not None else bool(named) and named[0] in self.setting.accounts

    def _caller(self, kind: CallerKind) -> tuple[Template, tuple[str, ...], dict[str, ContextValue]] | None:
        keys = [callers.ACCOUNT, callers.ARN, callers.USERID]
        if kind is CallerKind.USER:
            keys.append(callers.USERNAME)
        elif not self._can_miss(callers.USERNAME):
            return None
        flags = self._flags(kind)
        if flags is None:
            return None
        account = self.population.account
        demands = list(self.population.demands)
        if account is None:
            demands.append(Demand(callers.CALLER_ACCOUNT, self._constant_accounts(), False))
        if self.population.unique_id is None and self.setting.unique_ids:
            demands.append(Demand(callers.CALLER_ID, self._constant_ids(), False))
        for template in callers.templates(
            kind, self.setting.partition, account or self.setting.fresh_account, self.population.unique_id,
            is_account_free=account is None,
        ):  # fmt: skip
            found = self._with_keys(template, keys, demands)
            if found is not None:
                return template, found[0], found[1] | flags
        return None

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

    def _flags(self, kind: CallerKind) -> dict[str, ContextValue] | None:
        """The keys that say what kind of caller it is, where they are asked for."""
        context: dict[str, ContextValue] = {}
        for name, value in (
            ("aws:PrincipalType", callers.PRINCIPAL_TYPES.get(kind)),
            ("aws:PrincipalIsAWSService", "true" if kind is CallerKind.SERVICE else "false"),
        ):
            wanted = self.wanted.get(name)
            if wanted is None:
                continue
            if value is not None and wanted.can_be_present and self._meets(wanted, value):
                context[name] = value
            elif not wanted.can_be_absent:
                return None
        return context

    def _constant_accounts(self) -> Language:
        return self.setting.language_of("accounts", (*self.setting.accounts, *self.setting.registry.accounts))

    def _constant_ids(self) -> Language:
        return self.setting.language_of("unique ids", self.setting.unique_ids)

    # The organization.

    def _organization(self, id_key: str, paths_key: str) -> tuple[str, str, dict[str, ContextValue]] | None:
        """(organization or nothing, path or nothing, keys) that meet what is wanted."""
        for option in self.population.organizations:
            found = self._in_organization(option, id_key, paths_key)
            if found is not None:
                return found
        return None

    def _in_organization(
        self, option: str | None, id_key: str, paths_key: str
    ) -> tuple[str, str, dict[str, ContextValue]] | None:
        if option is None:
            is_possible = self._can_miss(id_key) and self._can_miss(paths_key)
            return ("", "", {}) if is_possible else None
        is_free = not option
        demands = []
        if is_free:
            constants = self.setting.language_of("organizations", self.setting.organizations)
            demands.append(Demand(id_key, constants, False))
        for template in callers.organizations(option or "o-a1b2c3d4e5", id_key, paths_key, is_free=is_free):
            found = self._with_keys(template, (id_key, paths_key), demands)
            if found is not None:
                texts, keys = found
                if paths_key in keys:
                    keys[paths_key] = (str(keys[paths_key]),)
                return read(template, texts, id_key), read(template, texts, paths_key), keys
        return None

    # What a service acts for.

    def _service(self) -> tuple[Caller, dict[str, ContextValue]] | None:
        flags = self._flags(CallerKind.SERVICE)
        named = self._service_name()
        source = self._source()
        place = self._organization("aws:SourceOrgID", "aws:SourceOrgPaths")
        if flags is None or named is None or source is None or place is None:
            return None
        if not self._can_miss("aws:PrincipalServiceNamesList"):
            wanted = self.wanted["aws:PrincipalServiceNamesList"]
            values = self._values(wanted)
            if values is None:
                return None
            flags["aws:PrincipalServiceNamesList"] = values
        return Caller(CallerKind.SERVICE, service=named[0]), {**named[1], **source, **place[2], **flags}

    def _service_name(self) -> tuple[str, dict[str, ContextValue]] | None:
        template = callers.service_names(self.population.service)
        own = [demand for demand in self.population.demands if demand.reader == "service"]
        found = self._with_keys(template, ("aws:PrincipalServiceName",), own)
        return None if found is None else (read(template, found[0], "service"), found[1])

    def _source(self) -> dict[str, ContextValue] | None:
        population = self.population
        demands = [demand for demand in population.demands if demand.reader != "service"]
        if population.account is None:
            demands.append(Demand(callers.CALLER_ACCOUNT, self._constant_accounts(), False))
        if population.is_source_fresh:
            arns = self.setting.language_of(callers.SOURCE_ARN, self.setting.values_of(callers.SOURCE_ARN))
            demands.append(Demand(callers.SOURCE_ARN, arns, False))
        for template in callers.sources(
            self.setting.partition, population.account or self.setting.fresh_account,
            is_account_free=population.account is None,
        ):  # fmt: skip
            found = self._with_keys(
                template, (callers.SOURCE_ACCOUNT, callers.SOURCE_ARN, callers.SOURCE_OWNER), demands
            )
            if found is not None:
                keys = found[1]
                if callers.SOURCE_OWNER not in self.wanted:
                    keys.pop(callers.SOURCE_OWNER, None)
                return keys
        return None

    # The rest of the request.

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
_SINGLE = {Source.CHOSEN, Source.CONTENT, Source.CLOCK, Source.IDENTITY, Source.NOBODY}
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

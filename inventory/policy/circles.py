"""Circles: how far one statement reaches over one channel, for one action at one instant."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inventory.policy import callers
from inventory.policy.channels import Channel
from inventory.policy.denials import Permission
from inventory.policy.documents import Statement
from inventory.policy.globs import Demand
from inventory.policy.populations import SIGNERS, Literal, Model, Population
from inventory.policy.principals import Principal, PrincipalKind
from inventory.policy.reach import Reach
from inventory.policy.requests import CallerKind
from inventory.policy.settings import Setting
from inventory.policy.trust import Trust, trust_of_account, trust_of_organization


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


_NAMED = {
    PrincipalKind.ROLE: (callers.CALLER_ARN, CallerKind.ROLE_SESSION),
    PrincipalKind.USER: (callers.CALLER_ARN, CallerKind.USER),
    PrincipalKind.FEDERATED: (callers.CALLER_ARN, CallerKind.FEDERATED_SESSION),
    PrincipalKind.SESSION: (callers.CALLER_SESSION, CallerKind.ROLE_SESSION),
}


class Circles:
    """The circles of one statement for one channel, action and instant (those of ``population``)."""

    def __init__(
        self, permission: Permission, statement: Statement, population: Population, denies: Sequence[Statement]
    ) -> None:
        self.permission, self.statement, self.denies = permission, statement, denies
        self.setting: Setting = permission.setting
        self.base = population._replace(demands=self._unnamed()) if statement.excludes_principals else population
        self.literals: list[Literal] = [(c, True) for c in statement.conditions if not c.is_open]
        self.reported: tuple[str, ...] = ()
        self.settled_ids: tuple[str, ...] = ()

    def find(self) -> list[Circle]:
        """Every circle, the wider first; one inside a wider one is left out. Doubts make all of them undetermined."""
        is_service = self.base.channel is Channel.SERVICE
        found = list(self._services() if is_service else self._signers())
        if self.statement.doubts:
            return [self._doubtful(circle) for circle in found]
        return [circle if circle.model.is_certain else self._doubtful(circle) for circle in found]

    def _doubtful(self, circle: Circle) -> Circle:
        if circle.reach is Reach.SELF:
            return circle
        return Circle(Reach.UNDETERMINED, Trust.UNKNOWN, replace(circle.model, is_certain=False))

    def _model(self, population: Population) -> Model | None:
        return self.permission.model(population, self.literals, self.denies)

    # Signed calls.

    def _signers(self) -> Iterator[Circle]:
        principals = self.statement.principals
        if any(principal.kind is PrincipalKind.ANYONE for principal in principals) or self._is_open:
            if self._is_closed:
                return
            yield from self._anyone()
            if self._is_open:
                return
        else:
            self.base = self.base._replace(is_network_fresh=False)
        if any(principal.kind is PrincipalKind.DOUBTFUL for principal in principals):
            everyone = replace(self.statement, principals=_EVERYONE)
            found = Circles(self.permission, everyone, self.base, self.denies).find()
            yield from (self._doubtful(circle) for circle in found)
        yield from self._listed()

    def _unnamed(self) -> tuple[Demand, ...]:
        """Not to be one of those that NotPrincipal names."""
        found: dict[str, list[str]] = {}
        for principal in self.statement.principals:
            if principal.kind in _NAMED:
                found.setdefault(_NAMED[principal.kind][0], []).append(principal.value)
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

    def _anyone(self) -> Iterator[Circle]:
        stranger = self._model(self.base)
        if stranger is not None:
            self.base = self.base._replace(organizations=())
            yield Circle(Reach.PUBLIC, Trust.UNKNOWN, stranger)
            return
        local = self._model(self.base._replace(is_network_fresh=False))
        if local is not None:
            yield Circle(Reach.NETWORK, Trust.UNKNOWN, local)
        else:
            self.base = self.base._replace(is_network_fresh=False)
        yield from self._whole_organizations()
        yield from self._unique_ids()
        for account in self.setting.accounts:
            if not (self._is_open and self._is_named_whole(account)):
                yield from self._account(account)

    def _is_named_whole(self, account: str) -> bool:
        return any(p.kind is PrincipalKind.ACCOUNT and p.account == account for p in self.statement.principals)

    def _whole_organizations(self) -> Iterator[Circle]:
        for organization in self.setting.organizations:
            model = self._model(self.base._replace(organizations=(organization,)))
            if model is not None:
                self.reported += (organization,)
                trust = trust_of_organization(organization, self.setting.registry, self.setting.owner_organization)
                yield Circle(Reach.ORGANIZATION, trust, model, organization=organization)

    def _unique_ids(self) -> Iterator[Circle]:
        for unique_id in self.setting.unique_ids:
            population = self.base._replace(unique_id=unique_id, organizations=self._other_organizations())
            model = self._model(population)
            if model is not None:
                self.settled_ids += (unique_id,)
                yield Circle(Reach.PRINCIPAL, Trust.UNKNOWN, model, principal=unique_id)

    def _other_organizations(self) -> tuple[str | None, ...]:
        return (None, "", *(each for each in self.setting.organizations if each not in self.reported))

    def _listed(self) -> Iterator[Circle]:
        if not self.base.organizations:
            return
        done = set()
        for principal in self.statement.principals:
            if principal.kind is PrincipalKind.ACCOUNT and principal.account not in done and self._is_here(principal):
                done.add(principal.account)
                yield from self._account(principal.account or "")
        for principal in self.statement.principals:
            if principal.kind in _NAMED and principal.account not in done:
                yield from self._named(principal)

    def _is_here(self, principal: Principal) -> bool:
        """Whether the principal is of the identity's partition: nobody calls from one into another."""
        return principal.partition in (None, self.setting.partition)

    def _memberships(self, account: str) -> list[tuple[str | None, ...]]:
        """The organizations an account may be in, to be tried one after the other."""
        if account == self.setting.owner_account:
            own = self.setting.owner_organization
            return [] if own in self.reported else [(own,)]
        rest = [each for each in self.setting.organizations if each not in self.reported]
        return [(None, ""), *((each,) for each in rest)]

    def _account(self, account: str) -> Iterator[Circle]:
        for organizations in self._memberships(account):
            population = self.base._replace(account=account, organizations=organizations)
            found = list(self._in_account(population, account))
            if found:
                yield from found
                return

    def _in_account(self, population: Population, account: str) -> Iterator[Circle]:
        model = self._model(population._replace(demands=(*self.base.demands, *self._fresh_names()), kinds=_UNBOUNDED))
        if model is not None:
            yield self._circle(Reach.ACCOUNT, model, account)
            return
        found = False
        for arn in self.setting.principal_arns:
            if arn.split(":")[4:5] == [account] and ":assumed-role/" not in arn:
                one = self.setting.language_of(f"={arn}", [arn])
                model = self._model(
                    population._replace(demands=(*self.base.demands, Demand(callers.CALLER_ARN, one, True)))
                )
                if model is not None:
                    found = True
                    yield self._circle(Reach.PRINCIPAL, model, account, arn)
        for unique_id in self.setting.unique_ids:
            model = None if unique_id in self.settled_ids else self._model(population._replace(unique_id=unique_id))
            if model is not None:
                found = True
                yield self._circle(Reach.PRINCIPAL, model, account, unique_id)
        model = None if found else self._model(population)
        if model is not None:
            yield self._circle(Reach.PRINCIPAL, model, account, model.caller.arn)

    def _fresh_names(self) -> tuple[Demand, ...]:
        setting = self.setting
        return (
            Demand(callers.CALLER_ARN, setting.names_like("principals", setting.principal_arns), False),
            Demand(callers.USERID, setting.names_like("userids", setting.values_of(callers.USERID)), False),
            Demand(callers.USERNAME, setting.names_like("usernames", setting.values_of("aws:username")), False),
        )

    def _named(self, principal: Principal) -> Iterator[Circle]:
        reader, kind = _NAMED[principal.kind]
        account = principal.account or ""
        demand = Demand(reader, self.setting.language_of(f"={principal.value}", [principal.value]), True)
        for organizations in self._memberships(account):
            population = self.base._replace(
                account=account, organizations=organizations, kinds=(kind,), demands=(demand,)
            )
            for unique_id in (None, *self.setting.unique_ids):
                model = self._model(population._replace(unique_id=unique_id))
                if model is not None:
                    yield self._circle(Reach.PRINCIPAL, model, account, principal.value)
                    return

    def _circle(self, reach: Reach, model: Model, account: str, principal: str | None = None) -> Circle:
        setting = self.setting
        organization = model.caller.organization
        fixed = organization if organization in setting.organizations else None
        if account == setting.owner_account:
            return Circle(Reach.SELF, Trust.OWN, model, account=account, principal=principal)
        trust = trust_of_account(account, setting.owner_account, setting.registry)
        if fixed and trust in (Trust.UNKNOWN, Trust.PLACEHOLDER):
            trust = trust_of_organization(fixed, setting.registry, setting.owner_organization)
        return Circle(reach, trust, model, account=account, principal=principal, organization=fixed)

    # Calls by services.

    def _services(self) -> Iterator[Circle]:
        principals = self.statement.principals
        if self._is_open and any(p.is_bare for p in principals):
            return
        is_open = self._is_open or any(p.kind is PrincipalKind.ANYONE and p.is_exact for p in principals)
        is_doubtful = not self._is_open and any(_may_be_service(p) for p in principals)
        self.base = self.base._replace(is_network_fresh=False)
        if is_open or is_doubtful:
            found = list(self._any_service())
            yield from (found if is_open else [self._doubtful(circle) for circle in found])
            if any(circle.reach is Reach.SERVICE_UNPINNED and circle.service == "*" for circle in found):
                return
        if not self._is_open:
            for principal in principals:
                if principal.kind is PrincipalKind.SERVICE:
                    yield from self._one_service(principal.value, self.base._replace(service=principal.value))

    def _any_service(self) -> Iterator[Circle]:
        setting = self.setting
        named = {p.value for s in setting.statements for p in s.principals if p.kind is PrincipalKind.SERVICE}
        told = {name for name in setting.values_of("aws:PrincipalServiceName") if _SERVICE_NAME.fullmatch(name)}
        names = sorted(named | told)
        unnamed = Demand("service", setting.language_of("services", names), False)
        found = list(self._one_service("*", self.base._replace(demands=(*self.base.demands, unnamed))))
        yield from found
        if not found:
            for name in names:
                if not (self._is_open and any(p.value == name for p in self.statement.principals)):
                    yield from self._one_service(name, self.base._replace(service=name))

    def _one_service(self, name: str, population: Population) -> Iterator[Circle]:
        setting = self.setting
        model = self._model(population)
        if model is not None:
            yield Circle(Reach.SERVICE_UNPINNED, Trust.UNKNOWN, model, service=name)
            return
        population = population._replace(is_source_fresh=False)
        reported: tuple[str, ...] = ()
        for organization in setting.organizations:
            model = self._model(population._replace(organizations=(organization,), is_source_fresh=True))
            if model is not None:
                reported += (organization,)
                trust = trust_of_organization(organization, setting.registry, setting.owner_organization)
                yield Circle(Reach.SERVICE, trust, model, organization=organization, service=name)
        rest = (None, "", *(each for each in setting.organizations if each not in reported))
        yield from self._sources(name, population._replace(organizations=rest))
        for account in setting.accounts:
            own = setting.owner_organization
            memberships = rest if account != setting.owner_account else (own,) if own not in reported else ()
            owned = population._replace(account=account, organizations=memberships, demands=self._no_bucket(population))
            model = self._model(owned)
            if model is not None:
                trust = trust_of_account(account, setting.owner_account, setting.registry)
                yield Circle(Reach.SERVICE, trust, model, account=account, service=name)

    def _sources(self, name: str, population: Population) -> Iterator[Circle]:
        """Services that act for one resource whose ARN names no account."""
        for arn in self._buckets:
            one = Demand(callers.SOURCE_ARN, self.setting.language_of(f"={arn}", [arn]), True)
            model = self._model(population._replace(demands=(*population.demands, one)))
            if model is not None:
                yield Circle(Reach.SERVICE, Trust.UNKNOWN, model, service=name, principal=arn)

    @property
    def _buckets(self) -> list[str]:
        arns = self.setting.values_of(callers.SOURCE_ARN)
        return [arn for arn in arns if arn.count(":") >= 5 and not arn.split(":")[4]]

    def _no_bucket(self, population: Population) -> tuple[Demand, ...]:
        if not self._buckets:
            return population.demands
        buckets = self.setting.language_of("buckets", self._buckets)
        return (*population.demands, Demand(callers.SOURCE_ARN, buckets, False))


_EVERYONE = (Principal(PrincipalKind.ANYONE, "*", (), is_bare=True),)
_UNBOUNDED = tuple(kind for kind in SIGNERS if kind is not CallerKind.ROOT_USER)


_SERVICE_NAME = re.compile(r"[a-z0-9.-]+\.[a-z.]+")


def _may_be_service(principal: Principal) -> bool:
    """Whether a value that nobody can judge could stand for a service; one of an AWS principal cannot."""
    return principal.kind is PrincipalKind.DOUBTFUL and principal.path[-2:-1] != ("AWS",)

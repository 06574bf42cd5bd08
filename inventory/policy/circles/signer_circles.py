"""Signer circles: how far one statement reaches among callers who sign their calls."""

from collections.abc import Iterator
from dataclasses import replace

from inventory.policy.circles.circle_search import NAMED, Circle, CircleSearch
from inventory.policy.keys import Source
from inventory.policy.reach import Reach
from inventory.policy.reading.principals import Principal, PrincipalKind
from inventory.policy.requests import CallerKind
from inventory.policy.search import callers
from inventory.policy.search.populations import SIGNERS, Model, Population
from inventory.policy.search.templates import Demand
from inventory.policy.trust import Trust, trust_of_account, trust_of_organization

_EVERYONE = (Principal(PrincipalKind.ANYONE, "*", (), is_bare=True),)
_UNBOUNDED = tuple(kind for kind in SIGNERS if kind is not CallerKind.ROOT_USER)


class SignerCircles(CircleSearch):
    """Strangers first, then networks, organizations, accounts and principals."""

    settled_ids: tuple[str, ...] = ()

    def _circles(self) -> Iterator[Circle]:
        principals = self.statement.principals
        if any(principal.kind is PrincipalKind.ANYONE for principal in principals) or self._is_open:
            if self._is_closed:
                return
            yield from self._anyone()
            if self._is_open:
                return
        else:
            self.base = self.base._replace(is_network_fresh=False)
        yield from (self._doubtful(circle) for circle in self._perhaps())
        yield from self._listed()

    def _perhaps(self) -> Iterator[Circle]:
        """Whom a principal that nobody can judge may mean: callers of the account its ARN names, else anyone."""
        doubtful = [p for p in self.statement.principals if p.kind is PrincipalKind.DOUBTFUL]
        if any(principal.account is None for principal in doubtful):
            everyone = replace(self.statement, principals=_EVERYONE)
            own = (self.setting.partition, self.setting.owner_account)
            is_own = any(principal.may_be_of(*own) for principal in doubtful)
            found = SignerCircles(self.permission, everyone, self.base, self.denies).find()
            yield from (circle for circle in found if is_own or circle.reach is not Reach.SELF)
            return
        for account in dict.fromkeys(p.account for p in doubtful if p.account and self._is_here(p)):
            yield from self._account(account)

    def _anyone(self) -> Iterator[Circle]:
        stranger = self._model(self.base)
        if stranger is not None:
            self.base = self.base._replace(organizations=())
            yield Circle(Reach.PUBLIC, Trust.UNKNOWN, stranger)
            return
        is_local = self.asks_for(Source.NETWORK)
        local = self._model(self.base._replace(is_network_fresh=False)) if is_local else None
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
        return any(
            p.kind is PrincipalKind.ACCOUNT and p.is_exact and p.account == account for p in self.statement.principals
        )

    def _whole_organizations(self) -> Iterator[Circle]:
        for organization in self.setting.organizations if self.asks_for(Source.ORGANIZATION) else ():
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
            if principal.kind in NAMED and principal.account not in done:
                yield from self._named(principal)

    def _is_here(self, principal: Principal) -> bool:
        """Whether the principal is of the identity's partition: nobody calls from one into another."""
        return principal.partition in (None, self.setting.partition)

    def _memberships(self, account: str) -> list[tuple[str | None, ...]]:
        """The organizations an account may be in, to be tried one after the other."""
        if account == self.setting.owner_account:
            own = self.setting.owner_organization
            return [] if own in self.reported else [(own,)]
        if not self.asks_for(Source.ORGANIZATION):
            return [(None, "")]
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
        reader, kind = NAMED[principal.kind]
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

"""Service circles: which services one statement lets in, and on whose behalf."""

import re
from collections.abc import Iterator

from inventory.policy.circles.circle_search import Circle, CircleSearch
from inventory.policy.reach import Reach
from inventory.policy.reading.principals import Principal, PrincipalKind
from inventory.policy.search import callers
from inventory.policy.search.populations import Population
from inventory.policy.search.templates import Demand
from inventory.policy.trust import Trust, trust_of_account, trust_of_organization

_SERVICE_NAME = re.compile(r"[a-z0-9.-]+\.[a-z.]+")


class ServiceCircles(CircleSearch):
    """Services for any of their customers first, then for organizations, resources and accounts."""

    def _circles(self) -> Iterator[Circle]:
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
        if any(circle.reach is Reach.SERVICE_UNPINNED for circle in found):
            return
        known = {_on_behalf(circle) for circle in found}
        for name in names:
            if not (self._is_open and any(p.value == name for p in self.statement.principals)):
                own = self._one_service(name, self.base._replace(service=name))
                yield from (circle for circle in own if _on_behalf(circle) not in known)

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


def _on_behalf(circle: Circle) -> tuple[Reach, str | None, str | None, str | None]:
    return circle.reach, circle.account, circle.organization, circle.principal


def _may_be_service(principal: Principal) -> bool:
    """Whether a value that nobody can judge could stand for a service; one of an AWS principal cannot."""
    return principal.kind is PrincipalKind.DOUBTFUL and principal.path[-2:-1] != ("AWS",)

"""How policies are narrowed."""

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory import populations
from inventory.filters.fields import (
    account_digits,
    choice,
    hidden,
    scopes_of,
    search_box,
    vendor_accounts,
)
from inventory.models import Delegation, SendingPolicy
from inventory.paths import paths_of, paths_to


class PolicyFilter(filters.FilterSet):
    """Policies by what they say of everyone."""

    q = search_box("Policy, identity or account")
    wildcard = choice("Principal", [("any", "Names everyone"), ("public", "Lets anyone in")], method="by_wildcard")

    delegate = hidden(method="by_delegate")
    vendor = hidden(method="by_vendor")

    class Meta:
        model = SendingPolicy
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        text = value.strip()
        found = (
            Q(name__icontains=text)
            | Q(identity__name__icontains=text)
            | Q(identity__scope__in=scopes_of(text).values("pk"))
        )
        return rows.filter(found)

    def by_wildcard(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        if value == "public":
            return rows.filter(populations.is_public_policy())
        return rows.filter(populations.has_wildcard(rows))

    def by_delegate(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        return rows.filter(_giving(paths_to(self.request.user, account_digits(value) or value)))

    def by_vendor(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        return rows.filter(_giving(paths_of(self.request.user, vendor_accounts(value))))


def _giving(given: QuerySet[Delegation]) -> Exists:
    return Exists(given.filter(identity=OuterRef("identity"), policy_name=OuterRef("name")))

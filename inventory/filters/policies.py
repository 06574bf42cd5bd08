"""How policies are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory import populations
from inventory.filters.fields import (
    account_digits,
    choice,
    search_box,
)
from inventory.models import SendingPolicy


class PolicyFilter(filters.FilterSet):
    """Policies by what they say of everyone."""

    q = search_box("Policy, identity or account")
    wildcard = choice("Principal", [("any", "Names everyone"), ("public", "Lets anyone in")], method="by_wildcard")

    class Meta:
        model = SendingPolicy
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        text = value.strip()
        found = (
            Q(name__icontains=text)
            | Q(identity__name__icontains=text)
            | Q(identity__scope__account__name__icontains=text)
        )
        digits = account_digits(text)
        return rows.filter(found | Q(identity__scope__account__account_id__contains=digits) if digits else found)

    def by_wildcard(self, rows: QuerySet[SendingPolicy], _name: str, value: str) -> QuerySet[SendingPolicy]:
        if value == "public":
            return rows.filter(populations.is_public_policy())
        return rows.filter(populations.has_wildcard(rows))

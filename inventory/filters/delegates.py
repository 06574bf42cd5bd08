"""How delegates are narrowed."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory import populations
from inventory.filters.fields import (
    TRUST_CHOICES,
    account_digits,
    choice,
    search_box,
)
from inventory.models import Account
from inventory.policy.trust import Trust


class DelegateFilter(filters.FilterSet):
    """Outside accounts by what is known of them and whether they may send; over mappings, not rows."""

    q = search_box("Account id or name")
    trust = choice(
        "Trust",
        [
            ("unregistered", "Nobody registered them"),
            ("unverified", "Registered, not verified"),
            *TRUST_CHOICES[1:],
        ],
        method="by_trust",
    )
    sends = choice("Rights", [("yes", "Can send"), ("no", "Cannot send")], method="by_sends")

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        digits, text = account_digits(value), value.strip()
        if digits:
            return rows.filter(account_id__contains=digits)
        named = Account.objects.filter(Q(name__icontains=text) | Q(vendor__name__icontains=text))
        return rows.filter(account_id__in=named.values("account_id"))

    def by_trust(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "unverified":
            return rows.filter(account_id__in=populations.unverified_accounts(timezone.localdate())).exclude(
                worst_trust__in=populations.UNREGISTERED_RANKS
            )
        ranks = populations.UNREGISTERED_RANKS if value == "unregistered" else (Trust(value).rank,)
        return rows.filter(worst_trust__in=ranks)

    def by_sends(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(sends=value == "yes")

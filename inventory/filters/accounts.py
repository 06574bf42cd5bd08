"""How the registry is narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import (
    ENVIRONMENT_CHOICES,
    account_digits,
    choice,
    search_box,
)
from inventory.models import Account


class AccountFilter(filters.FilterSet):
    """Registered accounts by what they are to us."""

    q = search_box("Name, account id or vendor")
    relationship = choice("Relationship", Account.Relationship.choices)
    environment = choice("Environment", ENVIRONMENT_CHOICES, method="by_environment")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        text = value.strip()
        found = Q(name__icontains=text) | Q(vendor__name__icontains=text)
        digits = account_digits(text)
        return rows.filter(found | Q(account_id__contains=digits) if digits else found)

    def by_environment(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return rows.filter(environment="" if value == "none" else value)

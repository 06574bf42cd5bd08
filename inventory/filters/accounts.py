"""How the registry is narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from inventory.filters.fields import (
    ENVIRONMENT_CHOICES,
    account_digits,
    choice,
    search_box,
)
from inventory.models import Account, Scope

SIGHT_CHOICES = [
    ("unseen", "Some regions not seen"),
    ("whole", "Every region seen"),
    ("never", "No region reached"),
    ("unused", "Some declared unused"),
    ("left", "Left the organization"),
]
OWNER_CHOICES = [("team", "A team"), ("none", "None")]


class AccountFilter(filters.FilterSet):
    """Registered accounts by what they are to us."""

    q = search_box("Name, account id or vendor")
    relationship = choice("Relationship", Account.Relationship.choices)
    environment = choice("Environment", ENVIRONMENT_CHOICES, method="by_environment")

    state = choice("State at AWS", Account.State.choices)
    sight = choice("Sight", SIGHT_CHOICES, method="by_sight")
    owner = choice("Owner", OWNER_CHOICES, method="by_owner")

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

    def by_owner(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return rows.filter(owner_team__isnull=value == "none")

    def by_sight(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        """The scopes are asked for as sets of account ids: joins would multiply what the list counts."""
        at = timezone.now()
        managed = Q(relationship=Account.Relationship.MANAGED)
        unseen = Q(pk__in=Scope.objects.unseen(at).order_by().values("account"))
        reached = Q(pk__in=Scope.objects.expected().order_by().values("account"))
        unused = Q(pk__in=Scope.objects.unused(timezone.localdate(at)).order_by().values("account"))
        wanted = {
            "unseen": unseen,
            "whole": managed & reached & ~unseen,
            "never": managed & ~reached,
            "unused": unused,
            "left": Q(left_at__isnull=False),
        }
        return rows.filter(wanted[value])

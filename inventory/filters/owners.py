"""How identities that need an owner are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import choice, hidden, search_box
from inventory.models import Identity


class OwnerlessFilter(filters.FilterSet):
    """By name, by whom the tag names, and whether somebody owned it before."""

    q = search_box("Name, account or tag value")
    tag = choice("Tag", [("unknown", "Names nobody we know"), ("none", "None")], method="by_tag")
    former = choice("Before", [("yes", "Had an owner"), ("no", "Never had one")], method="by_former")
    account = hidden(field_name="scope__account__account_id")

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        text = value.strip()
        return rows.filter(
            Q(name__icontains=text) | Q(scope__account__name__icontains=text) | Q(owner_tag_value__icontains=text)
        )

    def by_tag(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(owner_tag_value="") if value == "none" else rows.exclude(owner_tag_value="")

    def by_former(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(Q(("former_owner__isnull", value == "no")))


class ClaimableFilter(filters.FilterSet):
    """By name alone."""

    q = search_box("Name")

    class Meta:
        model = Identity
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Identity], _name: str, value: str) -> QuerySet[Identity]:
        return rows.filter(name__icontains=value.strip())

"""How people and teams are narrowed."""

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import choice, search_box
from inventory.models import Role, Team, User

_STATES = [("active", "Active"), ("left", "No longer active")]


class PersonFilter(filters.FilterSet):
    """People by name, role and whether they are still here."""

    q = search_box("Name, address, alias or team")
    role = choice("Role", [*Role.choices, ("none", "No role")], method="by_role")
    state = choice("State", _STATES, method="by_state")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        text = value.strip()
        in_team = User.objects.filter(teams__name__icontains=text).values("pk")
        return rows.filter(
            Q(name__icontains=text) | Q(email__icontains=text) | Q(aliases__icontains=text) | Q(pk__in=in_team)
        )

    def by_role(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        return rows.filter(roles=[]) if value == "none" else rows.filter(roles__contains=[value])

    def by_state(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        return rows.filter(is_active=value == "active")


class TeamFilter(filters.FilterSet):
    """Teams by name and whether they still are."""

    q = search_box("Name, address or alias")
    state = choice("State", _STATES, method="by_state")

    class Meta:
        model = Team
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Team], _name: str, value: str) -> QuerySet[Team]:
        text = value.strip()
        return rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(aliases__icontains=text))

    def by_state(self, rows: QuerySet[Team], _name: str, value: str) -> QuerySet[Team]:
        return rows.filter(is_active=value == "active")

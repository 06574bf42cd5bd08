"""How the list of grants is narrowed."""

from functools import partial
from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date

from approvals.models import Grant
from approvals.models.grants import GrantQuerySet
from approvals.rows.grants import of_vendor, shown_as
from approvals.rules.states import Decision, Observation
from approvals.words import OBSERVATION
from inventory.filters.fields import account_digits, choice, hidden, row_number, search_box
from inventory.models import Team, User
from inventory.rows.vendors import visible_vendors

_STATES = [
    ("live", "In force"),
    ("30", "Ends in 30 days"),
    ("60", "Ends in 60 days"),
    ("90", "Ends in 90 days"),
    ("ahead", "Waiting to begin"),
    ("suspended", "Suspended"),
    ("ended", "Ended"),
    ("present", "Ended, still there"),
]
_ENDING = ("30", "60", "90")


def _vendors(user: User) -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in visible_vendors(user).order_by("name")]


def _teams(user: User) -> list[tuple[str, str]]:
    owners = Grant.objects.visible_to(user).order_by().values("identity__owner_team")
    return [(str(each.pk), each.name) for each in Team.objects.filter(pk__in=owners).order_by("name")]


class GrantFilter(filters.FilterSet):
    """Grants by what was decided, what was seen, and whom and what they are about."""

    q = search_box("Identity, vendor, account id or grant number")
    state = choice("Decided", _STATES, method="by_state")
    seen = choice("Seen", [(each.value, word.label) for each, word in OBSERVATION.items()], method="by_seen")
    vendor = choice("Vendor", (), method="by_vendor")
    team = choice("Owner", (), field_name="identity__owner_team")
    identity = hidden(method="by_identity")
    account = hidden(method="by_account")
    sending_name = hidden(field_name="identity__sending_name")
    ends_on = hidden(method="by_day")

    class Meta:
        model = Grant
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user = self.request.user
        self.filters["vendor"].extra["choices"] = partial(_vendors, user)
        self.filters["team"].extra["choices"] = partial(_teams, user)

    def search(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        text = value.strip()
        found = Q(identity__name__icontains=text) | Q(vendor__name__icontains=text)
        if digits := account_digits(text):
            found |= Q(account_ids__contains=[digits]) | Q(pk=row_number(digits))
        return rows.filter(found)

    def by_state(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        on = timezone.localdate()
        if value in _ENDING:
            return rows.ending(on, int(value))
        if value == "suspended":
            return rows.filter(decision=Decision.SUSPENDED)
        ways = {"live": rows.in_force, "ahead": rows.ahead, "ended": rows.over, "present": rows.still_present}
        return ways[value](on)

    def by_seen(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        return shown_as(rows, Observation(value), timezone.now())

    def by_vendor(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        return of_vendor(rows, row_number(value))

    def by_identity(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        return rows.filter(identity=row_number(value))

    def by_account(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        return rows.filter(account_ids__contains=[account_digits(value)])

    def by_day(self, rows: GrantQuerySet, _name: str, value: str) -> GrantQuerySet:
        """Those whose access ends with that day, as the calendar shows them."""
        try:
            day = parse_date(value)
        except ValueError:
            day = None
        return rows.running_out(day, day) if day else rows.none()

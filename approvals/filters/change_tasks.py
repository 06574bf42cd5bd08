"""How the list of change tasks is narrowed."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from approvals.models import ChangeTask
from approvals.models.change_tasks import ChangeTaskQuerySet
from approvals.rules.change_tasks import TaskState
from inventory.filters.fields import account_digits, choice, hidden, row_number, scopes_of, search_box

_STATES = [
    ("open", "To do"),
    ("overdue", "Overdue"),
    ("said_applied", "Said applied"),
    ("done", "Verified by a reading"),
    ("cancelled", "Cancelled"),
    ("all", "All"),
]


class ChangeTaskFilter(filters.FilterSet):
    """What is to do, unless one asks for others."""

    q = search_box("Identity, account, vendor or task number")
    state = choice("State", _STATES, method="by_state", empty_label="State: to do or said applied")
    kind = choice("Change", [("apply", "Write a grant"), ("remove", "Take access out")])
    whose = choice("Whose", [("mine", "Mine and my teams'")], method="by_whose")
    grant = hidden(method="by_grant")
    identity = hidden(method="by_identity")

    class Meta:
        model = ChangeTask
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: ChangeTaskQuerySet) -> ChangeTaskQuerySet:
        rows: ChangeTaskQuerySet = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        return rows if asked.get("state") or asked.get("grant") else rows.undone()

    def search(self, rows: ChangeTaskQuerySet, _name: str, value: str) -> ChangeTaskQuerySet:
        text = value.strip()
        found = Q(identity__name__icontains=text) | Q(grant__vendor__name__icontains=text)
        found |= Q(identity__scope__in=scopes_of(text).values("pk"))
        digits = account_digits(text)
        return rows.filter(found | Q(pk=row_number(digits)) if digits else found)

    def by_state(self, rows: ChangeTaskQuerySet, _name: str, value: str) -> ChangeTaskQuerySet:
        if value == "overdue":
            return rows.overdue(timezone.localdate())
        states = {"done": TaskState.VERIFIED}
        return rows if value == "all" else rows.filter(state=states.get(value, value))

    def by_whose(self, rows: ChangeTaskQuerySet, _name: str, _value: str) -> ChangeTaskQuerySet:
        return rows.of(self.request.user)

    def by_grant(self, rows: ChangeTaskQuerySet, _name: str, value: str) -> ChangeTaskQuerySet:
        return rows.filter(grant=row_number(value))

    def by_identity(self, rows: ChangeTaskQuerySet, _name: str, value: str) -> ChangeTaskQuerySet:
        return rows.filter(identity=row_number(value))

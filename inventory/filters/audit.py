"""How the audit trail is narrowed."""

from datetime import date, timedelta

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import choice, hidden, search_box
from inventory.forms.days import DayInput
from inventory.models import AuditEvent
from inventory.models.days import midnight
from inventory.words import NOUNS


def _day(label: str, method: str) -> filters.DateFilter:
    return filters.DateFilter(label=label, method=method, widget=DayInput)


class AuditFilter(filters.FilterSet):
    """Events by who, what and when; days are those of ``SESGOV_TIME_ZONE``."""

    q = search_box("Person, object or action")
    noun = choice("Kind", list(NOUNS.items()), field_name="object_type")
    by = choice("By", [("people", "People"), ("sesgov", "sesgov itself")], method="by_actor")
    since = _day("From", "by_first_day")
    until = _day("To", "by_last_day")
    object = hidden(field_name="object_id")

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        text = value.strip()
        return rows.filter(
            Q(object_name__icontains=text) | Q(actor_name__icontains=text) | Q(action__icontains=text.replace(" ", "_"))
        )

    def by_actor(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        return rows.filter(actor__isnull=value == "sesgov")

    def by_first_day(self, rows: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return rows.filter(at__gte=midnight(value))

    def by_last_day(self, rows: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return rows.filter(at__lt=midnight(value + timedelta(days=1))) if value < date.max else rows

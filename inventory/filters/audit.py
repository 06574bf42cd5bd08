"""How the audit trail is narrowed."""

import re
from datetime import date, timedelta

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from inventory.filters.fields import choice, hidden, search_box
from inventory.forms.days import DayInput
from inventory.models import AuditEvent, User
from inventory.models.audit_events import WORDS
from inventory.models.days import midnight
from inventory.words import NOUNS

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS, _LONGEST_WORD = 10, 100


def _day(label: str, method: str) -> filters.DateFilter:
    return filters.DateFilter(label=label, method=method, widget=DayInput)


def _text(label: str, method: str) -> filters.CharFilter:
    return filters.CharFilter(
        label=label, method=method, max_length=254, widget=forms.TextInput(attrs={"placeholder": label})
    )


class AuditFilter(filters.FilterSet):
    """Events by who, what and when; days are those of ``SESGOV_TIME_ZONE``."""

    q = search_box("Any words of it: person, object, action, details")
    person = _text("Person", "by_person")
    action = _text("Action", "by_action")
    noun = choice("Kind", list(NOUNS.items()), field_name="object_type")
    by = choice("By", [("people", "People"), ("sesgov", "sesgov itself")], method="by_actor")
    since = _day("From", "by_first_day")
    until = _day("To", "by_last_day")
    object = hidden(field_name="object_id")

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Every word must begin a word of the event; the index `audit_by_words` answers it."""
        words = [word[:_LONGEST_WORD] for word in _WORD.findall(value)[:_MOST_WORDS]]
        if not words:
            return rows.none()
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
        return rows.alias(words=WORDS).filter(words=query)

    def by_person(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """By the people of that name or address: far fewer than events."""
        text = value.strip()
        people = User.objects.filter(Q(email__icontains=text) | Q(name__icontains=text))
        return rows.filter(actor__in=list(people.values_list("pk", flat=True)))

    def by_action(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """By the actions that there are whose words hold the text."""
        text = value.strip().replace(" ", "_").lower()
        known = AuditEvent.objects.order_by().values_list("action", flat=True).distinct()
        return rows.filter(action__in=[action for action in known if text in action])

    def by_actor(self, rows: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        return rows.filter(actor__isnull=value == "sesgov")

    def by_first_day(self, rows: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return rows.filter(at__gte=midnight(value))

    def by_last_day(self, rows: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return rows.filter(at__lt=midnight(value + timedelta(days=1))) if value < date.max else rows

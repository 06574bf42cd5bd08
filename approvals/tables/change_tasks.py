"""The list of what is to be applied."""

from collections.abc import Mapping
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.models import ChangeTask
from approvals.pages.names import all_names
from approvals.pages.task_sentences import task_sentence
from approvals.task_words import state_word
from inventory.tables.columns import AccountColumn, AccountIdColumn, TimeColumn
from inventory.templatetags import words as looks


class ChangeTaskTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """What is urgent, then what is due first."""

    sentence = Column("What to do", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    identity = Column("Identity", accessor="identity__name", order_by=("identity__name", "id"))
    account = AccountColumn("identity.scope", empty_values=(), orderable=False)
    account_id = AccountIdColumn("Account id", accessor="identity__scope__account__account_id", visible=False)
    region = Column("Region", accessor="identity__scope__region", visible=False)
    team = Column(empty_values=(), order_by=("assigned_team__name", "id"))
    taken_by = Column("On it", order_by=("taken_by__name", "id"), default="")
    due_on = Column("Due", order_by=("due_on", "id"))
    state = Column(order_by=("state", "due_on", "id"))
    opened_at = TimeColumn("Opened", order_by=("opened_at", "id"), visible=False)

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Who is who, read once for the page or the export."""
        return all_names()

    def value_sentence(self, record: ChangeTask) -> str:
        return task_sentence(record, names=self.names, on=timezone.localdate())

    def render_sentence(self, record: ChangeTask) -> SafeString:
        url = reverse("approvals:task_detail", args=[record.pk])
        urgent = format_html('<span class="word word-bad">{}</span> ', "Urgent") if record.is_urgent else ""
        line = '{}<a href="{}">{}</a><br><span class="muted">Task {}</span>'
        return format_html(line, urgent, url, self.value_sentence(record), record.pk)

    def value_team(self, record: ChangeTask) -> str:
        return str(record.assigned_team or "Security")

    def render_team(self, record: ChangeTask) -> str:
        return self.value_team(record)

    def render_due_on(self, record: ChangeTask) -> SafeString:
        return looks.ago(record.due_on)

    def value_state(self, record: ChangeTask) -> str:
        return state_word(record, timezone.localdate()).label

    def render_state(self, record: ChangeTask) -> SafeString:
        return looks.word(state_word(record, timezone.localdate()))

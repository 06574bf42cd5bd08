"""The list of collection runs."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import CollectionRun
from inventory.tables.columns import NumberColumn, TimeColumn
from inventory.templatetags import words as looks
from inventory.words import duration_text


class RunTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """Newest first; the counts are annotated by the list's queryset."""

    id = Column("Run", order_by=("id",))
    outcome = Column(empty_values=(), orderable=False)
    scopes = NumberColumn(verbose_name="Scopes", orderable=False)
    unread = NumberColumn(verbose_name="Not read", orderable=False)
    identities = NumberColumn(verbose_name="Identities read", orderable=False)
    throttled = NumberColumn(verbose_name="Throttled calls", orderable=False)
    trigger = Column("Started by", orderable=False)
    created_at = TimeColumn("Started", orderable=False)
    seconds = NumberColumn(verbose_name="Took", empty_values=(), orderable=False)

    class Meta:
        template_name = "tables/table.html"

    def render_id(self, record: CollectionRun) -> SafeString:
        return format_html('<a href="{}">Run {}</a>', reverse("inventory:run_detail", args=[record.pk]), record.pk)

    def render_outcome(self, record: CollectionRun) -> SafeString:
        return run_outcome(record)

    def value_outcome(self, record: CollectionRun) -> str:
        return record.outcome or record.state

    def value_trigger(self, record: CollectionRun) -> str:
        return record.requested_by.email if record.requested_by else str(record.trigger)

    def value_seconds(self, record: CollectionRun) -> int | None:
        return int((record.finished_at - record.created_at).total_seconds()) if record.finished_at else None

    def render_trigger(self, record: CollectionRun) -> str:
        return str(record.requested_by) if record.requested_by else str(record.get_trigger_display())

    def render_seconds(self, record: CollectionRun) -> str:
        return duration_text(record.finished_at - record.created_at) if record.finished_at else ""


def run_outcome(run: CollectionRun) -> SafeString:
    """How a run went: its outcome once it is finished, its state before."""
    if run.state == CollectionRun.State.FINISHED and run.outcome:
        return looks.sight(run.outcome)
    tone = "unknown" if run.state == CollectionRun.State.ABANDONED else "plain"
    return format_html('<span class="word word-{}">{}</span>', tone, run.get_state_display())

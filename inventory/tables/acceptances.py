"""The list of what was let stand, and until when."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import RiskAcceptance
from inventory.policy.words.conditions import shown_day
from inventory.tables.columns import SeverityColumn, TimeColumn
from inventory.tables.findings import finding_sentence
from inventory.templatetags import words as looks


def standing_words(acceptance: RiskAcceptance, on: date) -> str:
    """Where an acceptance stands on a day, and why it ended."""
    if acceptance.decision != RiskAcceptance.Decision.APPROVED:
        return str(acceptance.get_decision_display())
    if acceptance.end_reason:
        return f"Over: {acceptance.get_end_reason_display().lower()}"
    return "In force" if acceptance.until >= on else "Over: its day has passed"


class AcceptanceTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The soonest end first."""

    severity = SeverityColumn(orderable=False)
    sentence = Column("Finding", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    identity = Column(
        "Identity", accessor="finding__identity__name", order_by=("finding__identity__name", "id")
    )  # fmt: skip
    kind = Column(order_by=("kind", "until", "id"))
    until = Column("Last day", order_by=("until", "id"))
    standing = Column("Status", empty_values=(), orderable=False)
    requested_by = Column("Asked by", order_by=("requested_by__name", "id"))
    requested_at = TimeColumn("Asked", order_by=("requested_at", "id"))
    decided_by = Column("Decided by", order_by=("decided_by__name", "id"), default="")

    class Meta:
        template_name = "tables/table.html"

    def render_sentence(self, record: RiskAcceptance) -> SafeString:
        url = reverse("inventory:finding_detail", args=[record.finding_id])
        reason = format_html('<br><span class="muted">{}</span>', record.justification[:200])
        return format_html('<a href="{}">{}</a>{}', url, finding_sentence(record.finding), reason)

    def value_sentence(self, record: RiskAcceptance) -> str:
        return finding_sentence(record.finding)

    def render_until(self, value: date) -> SafeString:
        return format_html('{} <span class="muted">({})</span>', shown_day(value), looks.ago(value))

    def render_standing(self, record: RiskAcceptance) -> str:
        return self.value_standing(record)

    def value_standing(self, record: RiskAcceptance) -> str:
        return standing_words(record, timezone.localdate())

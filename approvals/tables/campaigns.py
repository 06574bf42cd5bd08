"""The list of reviews."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.campaign_words import CAMPAIGN_STATE
from approvals.models import Campaign
from approvals.rules.campaigns import CampaignState
from inventory.templatetags import words as looks

_NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}


class CampaignTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The latest period first; before the population is frozen there is nothing to count."""

    name = Column("Review", order_by=("name", "id"))
    period = Column("Period", empty_values=(), order_by=("period_to", "id"))
    state = Column("Standing", order_by=("state", "-id"))
    due_on = Column("Due", order_by=("due_on", "id"))
    decided = Column("Decided", empty_values=(), orderable=False)
    overdue = Column("Overdue", order_by=("overdue", "-id"), attrs=_NUMBER)
    missed = Column("Not reviewed", order_by=("missed", "-id"), attrs=_NUMBER)
    verified = Column("Verified removals", empty_values=(), orderable=False)
    population_hash = Column("Population SHA-256", visible=False, orderable=False)

    class Meta:
        template_name = "tables/table.html"

    def value_name(self, value: str) -> str:
        return value

    def render_name(self, record: Campaign) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("approvals:campaign_detail", args=[record.pk]), record.name)

    def value_period(self, record: Campaign) -> str:
        return f"{record.period_from} to {record.period_to}"

    def render_period(self, record: Campaign) -> str:
        return self.value_period(record)

    def value_state(self, record: Campaign) -> str:
        return CAMPAIGN_STATE[CampaignState(record.state)].label

    def render_state(self, record: Campaign) -> SafeString:
        return looks.word(CAMPAIGN_STATE[CampaignState(record.state)])

    def value_due_on(self, record: Campaign) -> str:
        return record.due_on.isoformat()

    def render_due_on(self, record: Campaign) -> SafeString:
        return looks.ago(record.due_on)

    def value_decided(self, record: Campaign) -> str:
        if record.state == CampaignState.DRAFT or not record.population_hash:
            return "not frozen yet"
        answered = record.total - record.pending - record.missed  # type: ignore[attr-defined]  # annotated by its rows
        return f"{answered} of {record.total}"  # type: ignore[attr-defined]

    def render_decided(self, record: Campaign) -> str:
        return self.value_decided(record)

    def value_verified(self, record: Campaign) -> str:
        return f"{record.verified} of {record.wanted}" if record.wanted else "none wanted"  # type: ignore[attr-defined]

    def render_verified(self, record: Campaign) -> str:
        return self.value_verified(record)

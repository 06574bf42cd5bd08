"""The list of offboardings."""

from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.models import Offboarding
from approvals.pages.offboarding import CASE_WORDS, state_of
from approvals.rules.offboarding import CaseState, progress_words
from inventory.templatetags import words as looks


class OffboardingTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The latest first."""

    vendor = Column(accessor="vendor__name", order_by=("vendor__name", "id"))
    state = Column("Standing", order_by=("state", "-id"))
    progress = Column("Progress", empty_values=(), orderable=False)
    ends_on = Column("Last day", order_by=("ends_on", "id"))
    opened_by = Column("Opened by", accessor="opened_by__name", orderable=False)
    opened_at = Column("Opened", order_by=("opened_at", "id"))
    closed_at = Column("Closed", order_by=("closed_at", "id"), default="")

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def at(self) -> datetime:
        """One instant for all rows."""
        return timezone.now()

    def render_vendor(self, record: Offboarding) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("approvals:offboarding_detail", args=[record.pk]), record.vendor
        )

    def value_vendor(self, record: Offboarding) -> str:
        return record.vendor.name

    def render_state(self, record: Offboarding) -> SafeString:
        label = looks.word(CASE_WORDS[CaseState(record.state)])
        return format_html("{} with exceptions", label) if record.exceptions else label

    def value_state(self, record: Offboarding) -> str:
        return "closed with exceptions" if record.exceptions else record.state

    def render_progress(self, record: Offboarding) -> str:
        return self.value_progress(record)

    def value_progress(self, record: Offboarding) -> str:
        paths = record.paths.all()
        return progress_words((state_of(each, self.at), each.identity.last_read_at) for each in paths)

    def render_opened_at(self, value: datetime) -> SafeString:
        return looks.ago(value)

    def render_closed_at(self, value: datetime) -> SafeString:
        return looks.ago(value)

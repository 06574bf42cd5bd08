"""The list of grants."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.models import Grant
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.names import all_names
from approvals.words import OBSERVATION, observation_of, standing_word
from inventory.tables.columns import AccountIdColumn
from inventory.tables.identities import owner_text
from inventory.templatetags import words as looks


class GrantTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """What ends next first."""

    sentence = Column("Grant", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    identity = Column("Identity", accessor="identity__name", order_by=("identity__name", "id"))
    account_id = AccountIdColumn("Account id", accessor="identity__scope__account__account_id", visible=False)
    region = Column("Region", accessor="identity__scope__region", visible=False)
    owner = Column(empty_values=(), visible=False)
    vendor = Column("Vendor", accessor="vendor__name", order_by=("vendor__name", "id"), default="")
    starts_on = Column("From", visible=False)
    effective_ends_on = Column("Until", order_by=("effective_ends_on", "id"))
    ends_on = Column("Approved until", visible=False)
    decision = Column("Decided", order_by=("decision", "effective_ends_on", "id"))
    observation = Column("Seen", order_by=("observation", "effective_ends_on", "id"))
    approvals = Column("Approved by", empty_values=(), orderable=False)

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Who is who, read once for the page or the export."""
        return all_names()

    @cached_property
    def at(self) -> datetime:
        """One instant for all rows."""
        return timezone.now()

    def value_sentence(self, record: Grant) -> str:
        return grant_sentence(record, names=self.names, on=timezone.localdate(self.at))

    def render_sentence(self, record: Grant) -> SafeString:
        url = reverse("approvals:grant_detail", args=[record.pk])
        line = '<a href="{}">{}</a><br><span class="muted">Grant {}</span>'
        return format_html(line, url, self.value_sentence(record), record.pk)

    def render_identity(self, record: Grant) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("inventory:identity_detail", args=[record.identity_id]), record.identity.name
        )

    def value_owner(self, record: Grant) -> str:
        return owner_text(record.identity)

    def render_effective_ends_on(self, record: Grant) -> SafeString:
        return looks.ago(record.effective_ends_on)

    def value_decision(self, record: Grant) -> str:
        return standing_word(record, record.standing(timezone.localdate(self.at))).label

    def render_decision(self, record: Grant) -> SafeString:
        return looks.word(standing_word(record, record.standing(timezone.localdate(self.at))))

    def value_observation(self, record: Grant) -> str:
        return OBSERVATION[observation_of(record, self.at)].label

    def render_observation(self, record: Grant) -> SafeString:
        return looks.word(OBSERVATION[observation_of(record, self.at)])

    def value_approvals(self, record: Grant) -> str:
        return ", ".join(f"{slot.decided_by} ({slot.role_held})" for slot in record.line.slots.all())

    def render_approvals(self, record: Grant) -> SafeString:
        said = ((slot.decided_by, slot.role_held) for slot in record.line.slots.all())
        return format_html_join(SafeString("<br>"), '{} <span class="muted">{}</span>', said)

"""The list of vendors."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.policy.trust import Trust
from inventory.tables.columns import NumberColumn
from inventory.templatetags import words as looks
from inventory.words import trust_word

_BY_RANK = {trust.rank: trust for trust in Trust}


class VendorTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The nearest end of a contract first; the counts are annotated by the list's queryset."""

    name = Column("Vendor", order_by=("name",))
    contract_ends_on = Column("Contract ends", empty_values=(), order_by=("contract_ends_on", "name"))
    sponsor = Column(empty_values=(), order_by=("sponsor__name", "name"))
    account_count = NumberColumn(verbose_name="Accounts", order_by=("-account_count", "name"))
    verified_count = Column("Verified", order_by=("verified_count", "name"))
    sendable = NumberColumn(verbose_name="Can send as", order_by=("-sendable", "name"))
    worst_trust = Column("Trust", order_by=("worst_trust", "name"))

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:vendor_detail", args=[record.pk]), record.name)

    def render_contract_ends_on(self, record: Any) -> SafeString:
        if record.contract_ends_on is None:
            return format_html('<span class="word word-unknown">{}</span>', "No end agreed")
        if record.is_over(timezone.localdate()):
            return format_html('<span class="word word-bad">Over</span> {}', looks.ago(record.contract_ends_on))
        return looks.ago(record.contract_ends_on)

    def value_contract_ends_on(self, record: Any) -> str:
        return record.contract_ends_on.isoformat() if record.contract_ends_on else ""

    def render_sponsor(self, record: Any) -> SafeString | str:
        return (
            str(record.sponsor)
            if record.sponsor
            else format_html('<span class="word word-unknown">{}</span>', "Nobody")
        )

    def value_sponsor(self, record: Any) -> str:
        return str(record.sponsor or "")

    def render_verified_count(self, record: Any) -> str:
        return f"{record.verified_count} of {record.account_count}" if record.account_count else "No account"

    def render_worst_trust(self, record: Any) -> SafeString | str:
        trust = _BY_RANK.get(record.worst_trust)
        return looks.word(trust_word(trust)) if trust else ""

    def value_worst_trust(self, record: Any) -> str:
        return str(_BY_RANK.get(record.worst_trust, ""))

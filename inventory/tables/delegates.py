"""The list of outside accounts that can do something to us."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.policy.trust import Trust
from inventory.tables.columns import NumberColumn, TimeColumn
from inventory.templatetags import words as looks
from inventory.words import grouped_account_id, trust_word

_BY_RANK = {trust.rank: trust for trust in Trust}


class DelegateTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """One row per account id, least trusted first; each record is a mapping made by the database."""

    name = Column("Account", empty_values=(), order_by=("name", "account_id"))
    account_id = Column("Account id")
    worst_trust = Column("Trust", order_by=("worst_trust", "account_id"))
    identities = NumberColumn(verbose_name="Identities", order_by=("-identities", "account_id"))
    sendable = NumberColumn(verbose_name="Can send as", order_by=("-sendable", "account_id"))
    vendor = Column(order_by=("vendor", "account_id"), default="")
    since_at = TimeColumn("First seen", order_by=("since_at", "account_id"))

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: Mapping[str, Any]) -> SafeString:
        url = reverse("inventory:delegate_detail", args=[record["account_id"]])
        return format_html('<a href="{}">{}</a>', url, record["name"] or "Unregistered account")

    def value_name(self, record: Mapping[str, Any]) -> str:
        return str(record["name"] or "")

    def render_account_id(self, value: str) -> SafeString:
        url = reverse("inventory:delegate_detail", args=[value])
        return format_html('<a class="id" href="{}">{}</a>', url, grouped_account_id(value))

    def value_account_id(self, value: str) -> str:
        return value

    def render_worst_trust(self, value: int) -> SafeString:
        return looks.word(trust_word(_BY_RANK.get(value)))

    def value_worst_trust(self, value: int) -> str:
        return str(_BY_RANK.get(value, ""))

"""The list of outside accounts that can do something to us."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Account
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.trust import Trust
from inventory.tables.columns import NumberColumn, TimeColumn
from inventory.templatetags import words as looks
from inventory.words import trust_word

_BY_RANK = {trust.rank: trust for trust in Trust}
Record = Mapping[str, Any]


class DelegateTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """One row per account id, least trusted first; each record is a mapping made by the database."""

    name = Column("Account", empty_values=(), orderable=False)
    account_id = Column("Account id", order_by=("account_id",))
    worst_trust = Column("Trust", order_by=("worst_trust", "account_id"))
    identities = NumberColumn(verbose_name="Identities", order_by=("-identities", "account_id"))
    sendable = NumberColumn(verbose_name="Can send as", order_by=("-sendable", "account_id"))
    vendor = Column(empty_values=(), orderable=False)
    verified = Column("Verified", empty_values=(), orderable=False)
    since_at = TimeColumn("First seen", order_by=("since_at", "account_id"))

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def registered(self) -> dict[str, tuple[str, str]]:
        """Name and vendor by account id: one query for all rows, and none joined into the grouping."""
        rows = Account.objects.values_list("account_id", "name", "vendor__name")
        return {account_id: (name, vendor or "") for account_id, name, vendor in rows}

    @cached_property
    def verified_ids(self) -> set[str]:
        """The accounts that are verified today: one query for all rows."""
        return set(Account.objects.verified(timezone.localdate()).values_list("account_id", flat=True))

    def render_name(self, record: Record) -> SafeString:
        url = reverse("inventory:delegate_detail", args=[record["account_id"]])
        return format_html('<a href="{}">{}</a>', url, self.value_name(record) or "Unregistered account")

    def value_name(self, record: Record) -> str:
        return self.registered.get(record["account_id"], ("", ""))[0]

    def render_account_id(self, value: str) -> SafeString:
        url = reverse("inventory:delegate_detail", args=[value])
        return format_html('<a class="id" href="{}">{}</a>', url, grouped_account_id(value))

    def render_worst_trust(self, value: int) -> SafeString:
        return looks.word(trust_word(_BY_RANK.get(value)))

    def value_worst_trust(self, record: Record) -> str:
        return str(_BY_RANK.get(record["worst_trust"], ""))

    def render_vendor(self, record: Record) -> str:
        return self.value_vendor(record)

    def render_verified(self, record: Record) -> SafeString | str:
        text = self.value_verified(record)
        return format_html('<span class="word word-unknown">{}</span>', text) if text == "Not verified" else text

    def value_verified(self, record: Record) -> str:
        if record["account_id"] not in self.registered:
            return ""
        return "Verified" if record["account_id"] in self.verified_ids else "Not verified"

    def value_vendor(self, record: Record) -> str:
        return self.registered.get(record["account_id"], ("", ""))[1]

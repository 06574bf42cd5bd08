"""Lists of identities that need an owner."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.tables.columns import AccountColumn, AccountIdColumn, ReachColumn, TimeColumn


class OwnerlessTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """By name; ``former_owner``, ``owner_since`` and ``is_claimed`` are annotated by the list's queryset."""

    name = Column("Identity", order_by=("name", "id"))
    former_owner = Column("Last owner", orderable=False, default="Never had one")
    owner_tag_value = Column("Its tag says", order_by=("owner_tag_value", "name", "id"), default="")
    owner_since = TimeColumn("Without since", orderable=False, default="")
    widest_reach = ReachColumn("Widest reach", order_by=("reach_rank", "trust_rank", "name", "id"))
    account = AccountColumn("scope", empty_values=())
    account_id = AccountIdColumn("Account id", accessor="scope__account__account_id", visible=False)
    region = Column("Region", accessor="scope__region", visible=False)
    is_claimed = Column("Claimed", orderable=False)

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:identity_owner", args=[record.pk]), record.name)

    def render_is_claimed(self, value: bool) -> SafeString | str:
        if not value:
            return ""
        return format_html('<a href="{}">Waits for a decision</a>', reverse("inventory:claim_inbox"))

    def value_is_claimed(self, record: Any) -> str:
        return "yes" if record.is_claimed else ""


class ClaimableTable(Table):  # type: ignore[misc]
    """Names, and the way to claim one."""

    name = Column("Identity", order_by=("name", "id"))
    region = Column("Region", accessor="scope__region", order_by=("scope__region", "name", "id"))
    claim = Column("Claim", accessor="pk", orderable=False, exclude_from_export=True)

    class Meta:
        template_name = "tables/table.html"

    def render_claim(self, record: Any) -> SafeString | str:
        if record.is_claimed:
            return "Somebody claimed it"
        words = '<a href="{}" aria-label="Claim {}">This is ours</a>'
        return format_html(words, reverse("inventory:claim_new", args=[record.pk]), record.name)

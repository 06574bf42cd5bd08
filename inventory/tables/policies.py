"""The list of sending authorization policies."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import SendingPolicy
from inventory.tables.columns import AccountColumn, AccountIdColumn, ReachColumn, TimeColumn


class PolicyTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """One row per policy that is there now."""

    name = Column("Policy", order_by=("name", "id"))
    identity = Column("Identity", accessor="identity__name", order_by=("identity__name", "id"))
    widest = ReachColumn("Lets in", orderable=False, default="")
    account = AccountColumn("identity.scope", empty_values=())
    account_id = AccountIdColumn("Account id", accessor="identity__scope__account__account_id", visible=False)
    region = Column("Region", accessor="identity__scope__region", visible=False)
    first_seen_at = TimeColumn("First seen", order_by=("first_seen_at", "id"))

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: SendingPolicy) -> SafeString:
        url = reverse("inventory:identity_detail", args=[record.identity_id])
        return format_html('<a href="{}#policy-{}">{}</a>', url, record.name, record.name)

"""The list of identities."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Identity
from inventory.tables.columns import AccountColumn, AccountIdColumn, NumberColumn, ReachColumn, TimeColumn, TrustColumn
from inventory.words import ENVIRONMENT


def owner_text(identity: Identity) -> str:
    """Who owns an identity, or which value in its tag is nobody we know."""
    if identity.owner_team is not None:
        return identity.owner_team.name
    if identity.owner_user is not None:
        return str(identity.owner_user)
    return identity.owner_tag_value


class IdentityTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """Riskiest first."""

    name = Column("Identity", order_by=("name", "id"))
    widest_reach = ReachColumn("Widest reach", order_by=("reach_rank", "trust_rank", "name", "id"))
    widest_trust = TrustColumn("Trust", order_by=("trust_rank", "reach_rank", "name", "id"), default="")
    delegate_count = NumberColumn(verbose_name="Delegates", order_by=("-delegate_count", "name", "id"))
    open_findings = NumberColumn(
        verbose_name="Findings", accessor="open_finding_count", order_by=("-open_finding_count", "name", "id")
    )
    owner = Column(empty_values=(), order_by=("owner_team__name", "owner_user__name", "owner_tag_value", "id"))
    environment = Column(empty_values=(), order_by=("environment", "name", "id"))
    account = AccountColumn("scope", empty_values=())
    account_id = AccountIdColumn("Account id", accessor="scope__account__account_id", visible=False)
    region = Column("Region", accessor="scope__region", visible=False)
    dkim_enabled = Column("DKIM", order_by=("dkim_enabled", "dkim_status", "name", "id"), empty_values=())
    last_read_at = TimeColumn("Last seen", order_by=("last_read_at", "id"))

    class Meta:
        template_name = "tables/table.html"
        sequence = (
            "name",
            "widest_reach",
            "widest_trust",
            "delegate_count",
            "open_findings",
            "owner",
            "environment",
            "account",
            "account_id",
            "region",
            "dkim_enabled",
            "last_read_at",
        )

    def render_name(self, record: Identity) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:identity_detail", args=[record.pk]), record.name)

    def render_owner(self, record: Identity) -> SafeString:
        text = owner_text(record)
        if record.owner_source in (Identity.OwnerSource.NONE, Identity.OwnerSource.UNRESOLVED):
            label = f"{text} (nobody we know)" if text else "No owner"
            return format_html('<span class="word word-unknown">{}</span>', label)
        return format_html("{}", text)

    def value_owner(self, record: Identity) -> str:
        return owner_text(record)

    def render_environment(self, record: Identity) -> SafeString:
        return format_html("{}", ENVIRONMENT.get(record.environment, record.environment))

    def render_dkim_enabled(self, record: Identity) -> SafeString:
        return format_html('<span class="{}">{}</span>', "" if record.dkim_enabled else "muted", dkim_text(record))

    def value_dkim_enabled(self, record: Identity) -> str:
        return dkim_text(record)


def dkim_text(identity: Identity) -> str:
    """Whether mail is signed, in two words."""
    if not identity.dkim_enabled:
        return "Off"
    return "On" if identity.dkim_status == "SUCCESS" else f"On, {identity.dkim_status.lower().replace('_', ' ')}"

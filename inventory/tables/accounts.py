"""The registry of accounts."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Column, Table

from inventory.models import Account
from inventory.tables.columns import AccountIdColumn, NumberColumn
from inventory.templatetags import words as looks
from inventory.words import ENVIRONMENT

_LEFT = mark_safe(' <span class="word word-bad">Left the organization</span>')  # a constant


def identity_count(number: int, account: Any) -> str | SafeString:
    """How many identities: nothing for an account that is not collected, "unknown" where nobody could look."""
    if not account.expected_scopes:
        return ""
    if account.unseen_scopes:
        label = f"at least {number}" if number else "unknown"
        return format_html('<span class="word word-unknown">{}</span>', label)
    return str(number)


class AccountTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """By name; the counts are annotated by the list's queryset."""

    name = Column("Account", empty_values=(), order_by=("name", "account_id"))
    account_id = AccountIdColumn("Account id", order_by=("account_id",))
    relationship = Column(order_by=("relationship", "account_id"))
    environment = Column(empty_values=(), order_by=("environment", "account_id"))
    state = Column("State at AWS", order_by=("state", "account_id"))
    vendor = Column(order_by=("vendor__name", "account_id"), default="")
    owner_team = Column("Owner", order_by=("owner_team__name", "account_id"), default="")
    expected_scopes = NumberColumn(verbose_name="Regions", order_by=("-expected_scopes", "account_id"))
    unseen_scopes = NumberColumn(verbose_name="Not seen", order_by=("-unseen_scopes", "account_id"))
    identity_count = NumberColumn(verbose_name="Identities", order_by=("-identity_count", "account_id"))
    ends_on = Column("Ends", order_by=("ends_on", "account_id"), default="")

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: Account) -> SafeString:
        address = reverse("inventory:account_detail", args=[record.account_id])
        left = _LEFT if record.left_at else ""
        return format_html('<a href="{}">{}</a>{}', address, record.name or "No name", left)

    def value_name(self, record: Account) -> str:
        return record.name or "No name"

    def render_environment(self, record: Account) -> str:
        return ENVIRONMENT.get(record.environment, record.environment)

    def render_expected_scopes(self, value: int, record: Account) -> str:
        return str(value) if record.relationship == Account.Relationship.MANAGED else ""

    def render_unseen_scopes(self, value: int, record: Account) -> str:
        return str(value) if record.relationship == Account.Relationship.MANAGED else ""

    def render_identity_count(self, value: int, record: Account) -> SafeString:
        return format_html("{}", identity_count(value, record))

    def value_identity_count(self, record: Any) -> str:
        return strip_tags(identity_count(record.identity_count, record))

    def render_ends_on(self, value: date) -> SafeString:
        return format_html("{}", looks.ago(value))

"""Columns that several tables share, as people read them; an export has the stored values."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column

from inventory.policy.account_ids import grouped_account_id
from inventory.templatetags import words as looks
from inventory.words import reach_word, trust_word


class AccountIdColumn(Column):  # type: ignore[misc]  # django-tables2 carries no types
    """``4444-5555-6666`` on the screen; an export has the twelve digits that are stored."""

    def render(self, value: str) -> SafeString:
        return format_html('<span class="id">{}</span>', grouped_account_id(value))


class AccountColumn(Column):  # type: ignore[misc]
    """The account and region that an identity lies in, in one cell; an export has a column for each.

    ``path`` leads from the record to the scope.
    """

    def __init__(self, path: str, **options: Any) -> None:
        self.path = path
        name = f"{path.replace('.', '__')}__account__name"
        attrs = {"td": {"class": "place"}}
        super().__init__("Account", **{"accessor": name, "order_by": (name, "id"), "attrs": attrs} | options)

    def render(self, record: Any) -> SafeString:
        scope = attrgetter(self.path)(record)
        shaped = grouped_account_id(scope.account.account_id)
        words = '{}<br><span class="muted"><span class="id">{}</span> {}</span>'
        return format_html(words, scope.account.name or "No name", shaped, scope.region)


class TimeColumn(Column):  # type: ignore[misc]
    """A distance on the screen, the exact time on hover."""

    def render(self, value: datetime) -> SafeString:
        return looks.ago(value)


class SeverityColumn(Column):  # type: ignore[misc]
    """A severity by word, icon and colour."""

    def render(self, record: Any) -> SafeString:
        return looks.severity(record.severity)


class ReachColumn(Column):  # type: ignore[misc]
    """How wide the circle is, in words."""

    def render(self, value: str) -> SafeString:
        return looks.word(reach_word(value))


class TrustColumn(Column):  # type: ignore[misc]
    """What is known of an outsider, in words."""

    def render(self, value: str) -> SafeString:
        return looks.word(trust_word(value))


class NumberColumn(Column):  # type: ignore[misc]
    """A count, in tabular figures, to the right."""

    def __init__(self, **options: Any) -> None:
        attrs = {"td": {"class": "number"}, "th": {"class": "number"}}
        super().__init__(**{"attrs": attrs} | options)

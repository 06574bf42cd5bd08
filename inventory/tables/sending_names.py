"""The lists of sending names."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Identity, SendingName, User
from inventory.paths import paths, subject
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.rows.sending_names import REACH_OF_WIDTH
from inventory.services.registry.domains import unicode_domain
from inventory.tables.columns import NumberColumn
from inventory.templatetags import words as looks
from inventory.words import reach_word, trust_word

Record = SendingName | Mapping[str, Any]
_BY_RANK = {trust.rank: trust for trust in Trust}
_SHOWN_OWNERS = 2


def _value(record: Record, name: str) -> Any:
    return record[name] if isinstance(record, Mapping) else getattr(record, name)


class SendingNameTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The riskiest first; a row is a sending name, or a mapping with the same names where nobody confirmed it."""

    domain = Column("Sending name", order_by=("domain",))
    identities = NumberColumn(verbose_name="Identities", order_by=("-identities", "domain"))
    accounts = NumberColumn(verbose_name="Accounts", order_by=("-accounts", "domain"))
    regions = NumberColumn(verbose_name="Regions", order_by=("-regions", "domain"))
    owners = Column("Owners of identities", empty_values=(), orderable=False)
    senders = NumberColumn(verbose_name="Outside senders", empty_values=(), orderable=False)
    width = Column("Widest reach", order_by=("width", "worst_trust", "domain"))
    worst_trust = Column("Trust", order_by=("worst_trust", "width", "domain"))
    open_findings = NumberColumn(verbose_name="Findings", order_by=("-open_findings", "domain"))

    class Meta:
        template_name = "tables/table.html"

    @property
    def user(self) -> User:
        """Who reads the list."""
        user: User = self.request.user
        return user

    @cached_property
    def domains(self) -> list[str] | None:
        """Those on the page, or ``None`` where all rows are read."""
        page = getattr(self, "page", None)
        return [_value(row.record, "domain") for row in page.object_list] if page else None

    @cached_property
    def senders_by_domain(self) -> dict[str, int]:
        """How many outsiders can send: one query for all rows."""
        rows = paths(self.user).filter(can_send=True)
        if self.domains is not None:
            rows = rows.filter(identity__sending_name__in=self.domains)
        counted = rows.order_by().values("identity__sending_name").annotate(number=Count(subject(), distinct=True))
        return {each["identity__sending_name"]: each["number"] for each in counted}

    @cached_property
    def owners_by_domain(self) -> dict[str, list[str]]:
        """The teams and people who own identities of each name: one query for all rows."""
        rows = Identity.objects.visible_to(self.user).live()
        if self.domains is not None:
            rows = rows.filter(sending_name__in=self.domains)
        owners: dict[str, list[str]] = {}
        named = rows.values_list("sending_name", "owner_team__name", "owner_user__name").distinct()
        for domain, team, person in named.order_by("owner_team__name", "owner_user__name"):
            if team or person:
                owners.setdefault(domain, []).append(team or person)
        return owners

    def render_domain(self, value: str) -> SafeString:
        url = reverse("inventory:sending_name_detail", args=[value])
        shown = unicode_domain(value)
        aside = format_html('<br><span class="muted">{}</span>', value) if shown != value else ""
        return format_html('<a href="{}">{}</a>{}', url, shown, aside)

    def render_owners(self, record: Record) -> str:
        owners = self.owners_by_domain.get(_value(record, "domain"), [])
        more = len(owners) - _SHOWN_OWNERS
        return ", ".join(owners[:_SHOWN_OWNERS]) + (f" and {more} more" if more > 0 else "")

    def value_owners(self, record: Record) -> str:
        return ", ".join(self.owners_by_domain.get(_value(record, "domain"), []))

    def render_senders(self, record: Record) -> str:
        return str(self.value_senders(record))

    def value_senders(self, record: Record) -> int:
        return self.senders_by_domain.get(_value(record, "domain"), 0)

    def render_width(self, record: Record) -> SafeString | str:
        reach = self.value_width(record)
        return looks.word(reach_word(reach)) if reach else ""

    def value_width(self, record: Record) -> str:
        own = Reach.SELF if _value(record, "identities") else ""
        return str(REACH_OF_WIDTH.get(_value(record, "width"), own))

    def render_worst_trust(self, record: Record) -> SafeString | str:
        trust = _BY_RANK.get(_value(record, "worst_trust"))
        return looks.word(trust_word(trust)) if trust else ""

    def value_worst_trust(self, record: Record) -> str:
        return str(_BY_RANK.get(_value(record, "worst_trust"), ""))

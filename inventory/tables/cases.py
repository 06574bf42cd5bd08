"""The list of cases: what one delegate can do to one identity."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Finding
from inventory.rows.finding_groups import NO_DELEGATE
from inventory.services.findings.cases import delegate_facts, delegate_words, worst_id
from inventory.tables.columns import AccountColumn, NumberColumn, TimeColumn
from inventory.tables.findings import finding_sentence
from inventory.templatetags import words as looks
from inventory.words import counted

Record = Mapping[str, Any]


class CaseTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The one whose ending removes most first; each record is a mapping of :func:`case_rows`."""

    severity = Column("Severity", empty_values=(), order_by=("-exposure", "since", "identity", "subject"))
    sentence = Column("Case", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    identity = Column(orderable=False)
    subject = Column("Delegate", empty_values=(), orderable=False)
    account = Column("Account", accessor="identity", orderable=False, attrs={"td": {"class": "place"}})
    findings = NumberColumn(verbose_name="Ending it closes", order_by=("-findings", "-exposure", "identity", "subject"))
    since = TimeColumn("First seen", order_by=("since", "identity", "subject"))

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def worst(self) -> dict[int, Finding]:
        """The finding that opens each case on this page: one query."""
        keys = [worst_id(row.record["worst"]) for row in self.paginated_rows]
        rows = Finding.objects.filter(pk__in=keys).select_related("identity__scope__account")
        return {finding.pk: finding for finding in rows}

    @cached_property
    def delegates(self) -> Mapping[str, Any]:
        """What the registry says of the delegates on this page: one query."""
        return delegate_facts(row.record["subject"] for row in self.paginated_rows)

    def opening(self, record: Record) -> Finding:
        """The worst finding of a case."""
        return self.worst[worst_id(record["worst"])]

    def render_severity(self, record: Record) -> SafeString:
        return looks.severity(self.opening(record).severity)

    def render_sentence(self, record: Record) -> SafeString:
        finding = self.opening(record)
        url = reverse("inventory:finding_detail", args=[finding.pk])
        return format_html('<a href="{}">{}</a>', url, finding_sentence(finding))

    def render_identity(self, record: Record) -> SafeString:
        url = reverse("inventory:identity_detail", args=[record["identity"]])
        return format_html('<a href="{}">{}</a>', url, self.opening(record).identity.name)

    def render_subject(self, record: Record) -> str:
        return delegate_words(record["subject"], dict(self.delegates)) or "The policies themselves"

    def render_account(self, record: Record) -> SafeString:
        return AccountColumn("identity.scope").render(self.opening(record))

    def render_findings(self, record: Record) -> SafeString:
        query = urlencode({"identity": record["identity"], "delegate": record["subject"] or NO_DELEGATE})
        url = f"{reverse('inventory:finding_list')}?{query}"
        return format_html('<a href="{}">{}</a>', url, counted(record["findings"], "finding"))

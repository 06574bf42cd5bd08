"""Groups of findings: what ending each of them removes."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Severity
from inventory.rows.finding_groups import Dimension, share_text
from inventory.tables.columns import NumberColumn
from inventory.templatetags import words as looks

Record = Mapping[str, Any]
_SEVERITIES = list(Severity)


class GroupTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """One row per group, the heaviest first; each leads to the same list, narrowed to the group."""

    dimension: Dimension

    value = Column("Group", order_by=("value",), empty_values=())
    worst = Column(order_by=("worst", "-points", "value"))
    findings = NumberColumn(order_by=("-findings", "value"))
    identities = NumberColumn(order_by=("-identities", "value"))
    points = NumberColumn(verbose_name="Of the exposure", order_by=("-points", "value"))

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def labels(self) -> dict[str, str]:
        """What the groups on this page are called: one query."""
        return self.dimension.labels(row.record["value"] for row in self.paginated_rows)

    def render_value(self, record: Record) -> SafeString:
        query = self.request.GET.copy()
        for name in ("group", "page", "sort"):
            query.pop(name, None)
        query[self.dimension.key] = record["value"]
        label = self.labels.get(record["value"]) or record["value"]
        return format_html('<a href="?{}">{}</a>', query.urlencode(), label)

    def render_worst(self, value: int) -> SafeString:
        return looks.severity(_SEVERITIES[value])

    def render_points(self, record: Record) -> SafeString:
        words = '<progress max="{}" value="{}" aria-hidden="true"></progress><span class="share">{}</span>'
        return format_html(words, record["total"] or 1, record["points"], share_text(record["points"], record["total"]))


class CaseGroupTable(GroupTable):
    """The same over cases."""

    cases = NumberColumn(order_by=("-cases", "value"))

    class Meta(GroupTable.Meta):
        sequence = ("value", "worst", "cases", "findings", "identities", "points")


def group_table(dimension: Dimension, base: type[GroupTable] = GroupTable) -> type[GroupTable]:
    """The table of one dimension's groups."""
    return type(f"{base.__name__}By{dimension.key}", (base,), {"dimension": dimension, "Meta": base.Meta})

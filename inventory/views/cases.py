"""Cases: what ending one delegation removes, the most first."""

from typing import Any

from django.db.models import QuerySet

from inventory.filters.findings import CaseFilter
from inventory.models import Finding, User
from inventory.rows.finding_groups import DIMENSIONS, Dimension, grouped, with_cases
from inventory.services.findings.cases import case_rows
from inventory.tables.cases import CaseTable
from inventory.tables.finding_groups import CaseGroupTable, group_table
from inventory.views.lists import Beside, Grouping, ListPage, Preset


def findings(user: User) -> QuerySet[Finding]:
    """What the cases are made of."""
    return Finding.objects.visible_to(user)


def _grouping(dimension: Dimension) -> Grouping:
    def shape(findings: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return with_cases(grouped(findings, dimension))

    return Grouping(dimension.key, dimension.title, dimension.noun, shape, group_table(dimension, CaseGroupTable))


CASES = ListPage(
    name="case",
    section="findings",
    title="Cases",
    noun=("case", "cases"),
    lead="A case is what one delegate can do to one identity: all its findings end together. The one whose ending "
    "removes the most exposure stands first.",
    empty="No open finding makes a case. That holds only for what was looked at: the coverage says what was not.",
    rows=findings,
    shape=case_rows,
    filterset=CaseFilter,
    table=CaseTable,
    groupings=tuple(_grouping(each) for each in DIMENSIONS),
    beside=(Beside("First look", "inventory:first_look"), Beside("Findings", "inventory:finding_list")),
    presets=(
        Preset("Anyone can send", {"vendor": "anyone"}),
        Preset("Nobody registered them", {"vendor": "unregistered"}),
        Preset("New", {"standing": "new"}),
        Preset("Mine", {"assignee": "me"}),
        Preset("First look", {"first": "yes"}),
    ),
    has_export=False,
)

"""Findings: what is wrong, why it matters, how it is fixed."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory import populations
from inventory.filters import FindingFilter, RemediationFilter
from inventory.models import Finding, FindingEpisode, User
from inventory.tables import FindingTable, RemediationTable
from inventory.views.finding_work import finding_page, visible_finding
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person


def findings(user: User) -> QuerySet[Finding]:
    """The findings that the person may see, worst first."""
    return Finding.objects.visible_to(user).select_related("identity__scope__account")


def remediations(user: User) -> QuerySet[FindingEpisode]:
    """Everything that was ever remediated."""
    now = timezone.now()
    begin = datetime.min.replace(tzinfo=now.tzinfo)
    return populations.remediations(user, closed_from=begin, closed_before=now, is_baseline=None)


FINDINGS = ListPage(
    name="finding",
    section="findings",
    title="Findings",
    noun=("finding", "findings"),
    lead="What is wrong with who may send, the worst first. A finding closes when a later reading no longer shows it.",
    empty="No open finding. That holds only for what was looked at: the coverage on the dashboard says what was not.",
    rows=findings,
    filterset=FindingFilter,
    table=FindingTable,
    presets=(
        Preset("Critical", {"severity": "critical"}),
        Preset("High", {"severity": "high"}),
        Preset("Medium", {"severity": "medium"}),
        Preset("Hints", {"status": "hints"}),
        Preset("No longer there", {"status": "gone"}),
    ),
)

REMEDIATIONS = ListPage(
    name="remediation",
    section="findings",
    title="Remediated",
    noun=("episode", "episodes"),
    lead="Findings that ended as fixed or with their identity. What the first look at a region found stands apart.",
    empty="Nothing has been remediated yet.",
    rows=remediations,
    filterset=RemediationFilter,
    table=RemediationTable,
    presets=(Preset("90 days", {"days": "90"}), Preset("30 days", {"days": "30"})),
)


@require_safe
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: why, the fix, its episodes, what closes it."""
    return finding_page(request, visible_finding(person(request), pk))

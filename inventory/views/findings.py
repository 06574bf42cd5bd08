"""Findings: what is wrong, why it matters, how it is fixed."""

from collections.abc import Iterable, Mapping
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inventory import populations
from inventory.filters import FindingFilter, RemediationFilter
from inventory.filters.fields import row_number
from inventory.forms.findings import TriageForm
from inventory.models import Finding, FindingEpisode, User
from inventory.models.roles import ACTS_ON_FINDINGS
from inventory.rows.finding_groups import DIMENSIONS, Dimension, grouped
from inventory.services.findings.triage import Triaged
from inventory.services.refusals import RefusedError
from inventory.tables import FindingTable, RemediationTable
from inventory.tables.finding_groups import group_table
from inventory.views.finding_work import finding_page, triage_all, visible_finding
from inventory.views.lists import Beside, Grouping, ListPage, Preset
from inventory.views.requests import person
from inventory.words import counted

# How many refused findings are named one by one.
_NAMED = 10


def findings(user: User) -> QuerySet[Finding]:
    """The findings that the person may see, worst first."""
    return Finding.objects.visible_to(user).select_related("identity__scope__account", "assignee")


def groupings(dimensions: Iterable[Dimension]) -> tuple[Grouping, ...]:
    """The list in groups, one way for each dimension."""
    return tuple(
        Grouping(each.key, each.title, each.noun, partial(grouped, dimension=each), group_table(each))
        for each in dimensions
    )


def triage_tools(user: User) -> Mapping[str, object]:
    """The form above the rows, for those who may change many at once."""
    if not user.has_role(ACTS_ON_FINDINGS):
        return {}
    people = User.objects.active().filter(roles__overlap=list(ACTS_ON_FINDINGS))
    return {"form": TriageForm(people=people, auto_id="choose-%s")}


@require_POST
def finding_triage_many(request: HttpRequest) -> HttpResponse:
    """Standing and assignee of the chosen findings; what was refused is named."""
    user = person(request)
    if not user.has_role(ACTS_ON_FINDINGS):
        raise PermissionDenied
    chosen = {row_number(key) for key in request.POST.getlist("finding")} - {0}
    form = TriageForm(request.POST, people=User.objects.active().filter(roles__overlap=list(ACTS_ON_FINDINGS)))
    back = f"{reverse('inventory:finding_list')}?{QueryDict(request.POST.get('back', '')).urlencode()}"
    if not chosen or not form.is_valid() or not any(form.cleaned_data.values()):
        messages.error(request, "Nothing was changed: choose findings, and what is to become of them.")
        return redirect(back)
    try:
        _say(request, triage_all(sorted(chosen), form.cleaned_data, acting_user=user))
    except RefusedError as refusal:
        messages.error(request, refusal.message)
    return redirect(back)


def _say(request: HttpRequest, done: list[Triaged]) -> None:
    changed = {each.pk for part in done for each in part.changed}
    refused = [(finding, reason) for part in done for finding, reason in part.refused]
    said = f"{counted(len(changed), 'finding')} changed." if changed else "Nothing was different."
    messages.success(request, said)
    for finding, reason in refused[:_NAMED]:
        messages.error(request, f"F{finding.pk} ({finding.rule_id}) stays as it is. {reason}")
    if len(refused) > _NAMED:
        messages.error(request, f"{len(refused) - _NAMED} more stay as they are, for the like reasons.")


def remediations(user: User) -> QuerySet[FindingEpisode]:
    """Everything that was ever remediated."""
    return populations.remediations(user, closed_before=timezone.now(), is_baseline=None)


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
    groupings=groupings(DIMENSIONS),
    tools="lists/finding_tools.html",
    tools_context=triage_tools,
    beside=(Beside("First look", "inventory:first_look"), Beside("Cases", "inventory:case_list")),
    presets=(
        Preset("Critical", {"severity": "critical"}),
        Preset("High", {"severity": "high"}),
        Preset("New", {"standing": "new"}),
        Preset("Mine", {"assignee": "me"}),
        Preset("Unassigned", {"assignee": "nobody"}),
        Preset("Accepted", {"status": "accepted"}),
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

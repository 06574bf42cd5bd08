"""Runs: what is being collected, how fast, and what could not be read."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING

from inventory.filters import RunFilter
from inventory.models import CollectionRun, Outcome, User
from inventory.models.roles import STARTS_COLLECTION
from inventory.pages.run import run_context
from inventory.services.collecting.collection_limits import collection_limits
from inventory.services.collecting.runs import collect_now
from inventory.services.refusals import RefusedError
from inventory.tables import RunTable
from inventory.views.lists import ListPage
from inventory.views.requests import require_inventory_reader, require_role
from inventory.views.writes import hint


def runs(user: User) -> QuerySet[CollectionRun]:
    """The runs with their totals, newest first."""
    unread = Q(scope_runs__state="done") & ~Q(scope_runs__outcome=Outcome.COMPLETE)
    return (
        CollectionRun.objects.visible_to(user)
        .select_related("requested_by")
        .annotate(
            scopes=Count("scope_runs"),
            unread=Count("scope_runs", filter=unread),
            identities=Sum("scope_runs__identities_read", default=0),
            throttled=Sum("scope_runs__throttled", default=0),
        )
        # Rows that are counted together lose the order of the model.
        .order_by("-pk")
    )


RUNS = ListPage(
    name="run",
    section="runs",
    title="Runs",
    noun=("run", "runs"),
    lead="A run looks at every expected account and region, or at those that it was started for. What it could not "
    "read it says, and nothing is taken for gone because of it.",
    empty="Nothing has been collected yet. A run starts by itself once a day, or with Collect now.",
    rows=runs,
    filterset=RunFilter,
    table=RunTable,
    is_for=lambda user: user.reads_inventory,
)


@require_safe
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One run, its scopes as they are read."""
    return render(request, "inventory/run.html", {"section": "runs"} | _run(request, pk))


@require_safe
def run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of a run's page, asked for every two seconds until the run has ended."""
    context = _run(request, pk)
    status = 200 if context["is_running"] else HTMX_STOP_POLLING
    return render(request, "inventory/run.html#progress", context, status=status)


@require_safe
def run_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line about a run that other pages show while it lasts."""
    context = _run(request, pk)
    status = 200 if context["is_running"] else HTMX_STOP_POLLING
    return render(request, "fragments/run_line.html", context, status=status)


def _run(request: HttpRequest, pk: int) -> dict[str, object]:
    rows = CollectionRun.objects.visible_to(require_inventory_reader(request))
    return run_context(get_object_or_404(rows.select_related("requested_by"), pk=pk), timezone.now())


@require_POST
def run_start(request: HttpRequest) -> HttpResponse:
    """Collect now: begin a run over every managed account, or lead to the one that is under way."""
    user = require_role(request, STARTS_COLLECTION)
    try:
        run, is_new = collect_now(acting_user=user, at=timezone.now(), limits=collection_limits())
    except RefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("inventory:run_list")
    if is_new:
        hint("inventory.tasks.collect_slice")
    else:
        messages.info(request, f"Run {run.pk} is still reading; a second one would only wait for it.")
    return redirect("inventory:run_detail", pk=run.pk)

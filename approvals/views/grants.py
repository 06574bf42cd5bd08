"""Grants: who may, until when, is it so in AWS?"""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.filters.grants import GrantFilter
from approvals.forms.grants import EndGrantForm
from approvals.models import Grant
from approvals.pages.grant import RELATED, grant_context, may_end
from approvals.rows.grants import grants
from approvals.services.grants import grants as service
from approvals.services.grants.earlier_ends import end_earlier
from approvals.services.requests.requests import ASKS
from approvals.tables.grants import GrantTable
from inventory.models import User
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.lists import Beside, ListPage, Preset
from inventory.views.requests import person
from inventory.views.writes import DONE, attempt, not_done

GRANTS = ListPage(
    name="grant",
    namespace="approvals",
    section="grants",
    title="Grants",
    noun=("grant", "grants"),
    lead="Who may send as us, as two people approved it, until a day; and what the last reading found of it in AWS.",
    empty="Nothing is approved yet. Ask for access on an identity's page, or adopt what is there already by vendor.",
    rows=grants,
    filterset=GrantFilter,
    table=GrantTable,
    presets=(
        Preset("In force", {"state": "live"}),
        Preset("Ends in 30 days", {"state": "30"}),
        Preset("60", {"state": "60"}),
        Preset("90", {"state": "90"}),
        Preset("Ended, still there", {"state": "present"}),
        Preset("Not as approved", {"seen": "wider"}),
        Preset("Waiting to begin", {"state": "ahead"}),
        Preset("Ended", {"state": "ended"}),
    ),
    beside=(
        Beside("Ask for access", "approvals:request_new", ASKS),
        Beside("Adopt what is there", "approvals:adoption"),
        Beside("Calendar of endings", "approvals:grant_calendar"),
    ),
)


@require_safe
def grant_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One grant with the two lines of its life."""
    user = person(request)
    return _page(request, user, _visible(user, pk), EndGrantForm())


@require_POST
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the access away, now or with an earlier day."""
    user, grant = _may_end(request, pk)
    at = timezone.now()

    def write(reason: str, ends_on: date | None) -> None:
        if ends_on is None:
            service.revoke(grant.pk, reason=reason, acting_user=user, at=at)
        else:
            end_earlier(grant.pk, ends_on=ends_on, reason=reason, acting_user=user, at=at)

    form = EndGrantForm(request.POST)
    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, _visible(user, pk), form, status)
    messages.success(request, "Kept. Until a reading no longer finds the access, it counts as still there.")
    return redirect("approvals:grant_detail", pk)


@require_POST
def grant_will_not_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it run out: reminders stop, save the last."""
    user, grant = _may_end(request, pk)
    try:
        service.will_not_renew(grant.pk, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, reverse("approvals:grant_detail", args=[pk]))
    messages.success(request, "Kept. It runs out on its last day; you are reminded of it once more, on that day.")
    return redirect("approvals:grant_detail", pk)


def _visible(user: User, pk: int) -> Grant:
    return get_object_or_404(Grant.objects.visible_to(user).select_related(*RELATED), pk=pk)


def _may_end(request: HttpRequest, pk: int) -> tuple[User, Grant]:
    """Strangers get 404, readers who may not end it 403."""
    user = person(request)
    grant = _visible(user, pk)
    if not may_end(user, grant, timezone.now()):
        raise PermissionDenied
    return user, grant


def _page(request: HttpRequest, user: User, grant: Grant, form: EndGrantForm, status: int = DONE) -> HttpResponse:
    context = {"section": "grants", "form": form} | grant_context(user, grant, timezone.now())
    return render(request, "approvals/grant.html", context, status=status)

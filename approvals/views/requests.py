"""Requests: one of them, with all that one needs to decide."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.filters.requests import RequestFilter
from approvals.forms.decisions import DecisionForm
from approvals.models import GrantRequest
from approvals.pages.request import request_context
from approvals.rows.requests import requests
from approvals.services.requests.deciders import requests_shown_to
from approvals.tables.requests import RequestTable
from approvals.views.sign_in_again import kept
from inventory.filters.fields import row_number
from inventory.models import User
from inventory.views.lists import Beside, ListPage, Preset
from inventory.views.requests import person
from inventory.views.writes import DONE

REQUESTS = ListPage(
    name="request",
    namespace="approvals",
    section="inbox",
    title="Requests",
    noun=("request", "requests"),
    lead="Who asked for what, and what the owner's side and security said. Access is granted only where both agreed.",
    empty="Nobody has asked for access yet. A request begins on an identity's page, or with what is there already.",
    rows=requests,
    filterset=RequestFilter,
    table=RequestTable,
    presets=(
        Preset("Mine to decide", {"mine": "decide"}),
        Preset("Waiting", {"state": "pending"}),
        Preset("Sent back", {"state": "changes_requested"}),
        Preset("Asked by me", {"mine": "asked"}),
        Preset("Decided by me", {"mine": "decided"}),
        Preset("Lapsed", {"state": "lapsed"}),
    ),
    beside=(Beside("Inbox", "approvals:inbox"),),
)


@require_safe
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All one needs to decide, and the decision."""
    said = kept(request, pk)
    form = DecisionForm(initial=said) if said else DecisionForm()
    return request_page(request, shown_request(person(request), pk), form)


def shown_request(user: User, pk: int) -> GrantRequest:
    """The request, for who may see or decide it; strangers do not learn that it exists."""
    rows = requests_shown_to(user, at=timezone.now()).select_related("requester", "vendor__sponsor")
    return get_object_or_404(rows, pk=pk)


def request_page(
    request: HttpRequest, asked_for: GrantRequest, form: DecisionForm, *, status: int = DONE, **said: Any
) -> HttpResponse:
    """The page; ``said`` is what became of a decision that was not taken."""
    line_id = row_number(request.GET.get("line", ""))
    context = request_context(asked_for, person(request), timezone.now(), line_id=line_id)
    return render(request, "approvals/request.html", {"section": "inbox", "form": form} | context | said, status=status)

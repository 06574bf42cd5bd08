"""Sending names: who can send as shop.example.com, everywhere?"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.filters import SendingNameFilter
from inventory.forms.sending_names import SendingNameForm, SendingNameNoteForm
from inventory.models import Scope, SendingName, User
from inventory.models.roles import MANAGES_SENDING_NAMES
from inventory.pages.sending_name import identities_of, sending_name_context
from inventory.rows.sending_names import confirmed_names, suggested_names
from inventory.services.registry import sending_names as service
from inventory.tables import SendingNameTable
from inventory.views.lists import Beside, ListPage
from inventory.views.requests import person, require_role
from inventory.views.writes import DONE, attempt

SENDING_NAMES = ListPage(
    name="sending_name",
    section="sending_names",
    title="Sending names",
    noun=("sending name", "sending names"),
    lead="The domains that people know. Each groups its identities, addresses and subdomains over all accounts and "
    "regions.",
    empty="No sending name is confirmed yet. Look through those that were found in the inventory, and confirm the "
    "ones that people know.",
    rows=confirmed_names,
    filterset=SendingNameFilter,
    table=SendingNameTable,
    beside=(
        Beside("Found, not confirmed", "inventory:suggested_name_list"),
        Beside("Add a name", "inventory:sending_name_add", MANAGES_SENDING_NAMES),
    ),
)

SUGGESTED_NAMES = ListPage(
    name="suggested_name",
    section="sending_names",
    title="Suggested sending names",
    noun=("suggested name", "suggested names"),
    lead="Found in the inventory, not confirmed: the registered domains of identities that belong to no confirmed "
    "name.",
    empty="Every identity that was seen belongs to a confirmed sending name.",
    rows=suggested_names,
    filterset=SendingNameFilter,
    table=SendingNameTable,
    beside=(Beside("Confirmed names", "inventory:sending_name_list"),),
)


@require_safe
def sending_name_detail(request: HttpRequest, domain: str) -> HttpResponse:
    """One name, confirmed or suggested."""
    user = person(request)
    if "\0" in domain:
        raise Http404
    name = SendingName.objects.visible_to(user).select_related("owner_team", "created_by").filter(domain=domain).first()
    if name is None and not identities_of(user, domain).exists():
        raise Http404
    return _page(request, user, domain, name)


def _page(
    request: HttpRequest,
    user: User,
    domain: str,
    name: SendingName | None,
    form: forms.Form | None = None,
    status: int = DONE,
) -> HttpResponse:
    context = sending_name_context(user, domain, name) | {
        "section": "sending_names",
        "may_manage": user.has_role(MANAGES_SENDING_NAMES),
        "form": form or SendingNameNoteForm(shown=_known(name)),
        "unseen": Scope.objects.visible_to(user).unseen(timezone.now()).count(),
    }
    return render(request, "inventory/sending_name.html", context, status=status)


def _known(name: SendingName | None) -> dict[str, object]:
    return {"owner_team": name.owner_team, "note": name.note} if name else {}


@require_http_methods(["GET", "HEAD", "POST"])
def sending_name_add(request: HttpRequest) -> HttpResponse:
    """Confirm a name: one that was found, or one that nobody has identities for yet."""
    user = require_role(request, MANAGES_SENDING_NAMES)
    made: list[SendingName] = []

    def write(**said: Any) -> None:
        made.append(service.add_sending_name(**said, acting_user=user, at=timezone.now()))

    form = SendingNameForm(request.POST or None, initial={"domain": request.GET.get("domain", "")})
    status = attempt(form, write) if request.method == "POST" else DONE
    if made:
        messages.success(request, f"{made[0]} is a sending name now.")
        return redirect("inventory:sending_name_detail", domain=made[0].domain)
    context = {"section": "sending_names", "form": form}
    return render(request, "inventory/sending_name_add.html", context, status=status)


@require_POST
def sending_name_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another note or owning team."""
    user = require_role(request, MANAGES_SENDING_NAMES)
    name = get_object_or_404(SendingName.objects.visible_to(user), pk=pk)
    form = SendingNameNoteForm(request.POST, shown=_known(name))
    status = attempt(form, partial(service.change_sending_name, name), acting_user=user, at=timezone.now())
    if status != DONE:
        return _page(request, user, name.domain, name, form, status)
    messages.success(request, "Kept.")
    return redirect("inventory:sending_name_detail", domain=name.domain)


@require_POST
def sending_name_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a name back; its identities stay, under the next longest name."""
    user = require_role(request, MANAGES_SENDING_NAMES)
    name = get_object_or_404(SendingName.objects.visible_to(user), pk=pk)
    service.remove_sending_name(name, acting_user=user, at=timezone.now())
    messages.success(request, f"{name} is no longer a sending name. Its identities stay in the inventory.")
    return redirect("inventory:sending_name_list")

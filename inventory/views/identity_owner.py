"""The owner of one identity: who it was and is, and how that changes."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.owners import ActingOwnerForm, HandOnForm
from inventory.models import Identity, OwnerAssignment, User
from inventory.models.roles import ASSIGNS_OWNERS
from inventory.pages.owner import owner_line
from inventory.services.owners import owner_assignments as service
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done


def _identity(user: User, pk: int) -> Identity:
    rows = Identity.objects.visible_to(user).select_related("scope__account", "owner_team", "owner_user", "owner_rule")
    return get_object_or_404(rows, pk=pk)


def may_hand_on(user: User, identity: Identity) -> bool:
    """Whether the page offers it; the service decides."""
    try:
        service.check_may_hand_on(identity, user)
    except RefusedError:
        return False
    return identity.gone_at is None


@require_safe
def identity_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Who owned it when, by what, and what can be done."""
    user = person(request)
    return _page(request, user, _identity(user, pk), DONE)


def _page(
    request: HttpRequest,
    user: User,
    identity: Identity,
    status: int,
    hand_on: forms.Form | None = None,
    acting: forms.Form | None = None,
) -> HttpResponse:
    rows = identity.assignments.select_related("team", "user", "assigned_by", "decided_by", "ended_by")
    context = {
        "section": "identities",
        "identity": identity,
        "owner": owner_line(identity),
        "states": identity.states.select_related("owner_team", "owner_user").order_by("-from_at", "-pk")[:50],
        "assignments": rows[:50],
        "in_force": [row for row in rows if row.state == OwnerAssignment.State.ACTIVE],
        "may_hand_on": may_hand_on(user, identity),
        "may_assign": user.has_role(ASSIGNS_OWNERS) and identity.gone_at is None,
        "hand_on_form": hand_on or HandOnForm(auto_id="hand_%s"),
        "acting_form": acting or ActingOwnerForm(auto_id="acting_%s"),
        "is_acting_open": acting is not None,
    }
    return render(request, "inventory/identity_owner.html", context, status=status)


@require_POST
def identity_hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to another team or person."""
    user = person(request)
    identity = _identity(user, pk)
    if not may_hand_on(user, identity):
        raise PermissionDenied
    form = HandOnForm(request.POST, auto_id="hand_%s")
    status = attempt(form, service.hand_on, identity=identity, acting_user=user, at=timezone.now())
    if status != DONE:
        return _page(request, user, _identity(user, pk), status, hand_on=form)
    hint(SETTLE_OWNERS)
    messages.success(request, f"{identity} belongs to {form.cleaned_data['owner']} now.")
    is_seen = Identity.objects.visible_to(user).filter(pk=pk).exists()
    return redirect("inventory:identity_owner", pk=pk) if is_seen else redirect("inventory:identity_list")


@require_POST
def identity_acting(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody stand in as owner for some days."""
    user = person(request)
    identity = _identity(user, pk)
    if not user.has_role(ASSIGNS_OWNERS):
        raise PermissionDenied
    form = ActingOwnerForm(request.POST, auto_id="acting_%s")
    status = attempt(form, service.appoint_acting_owner, identity=identity, acting_user=user, at=timezone.now())
    if status != DONE:
        return _page(request, user, _identity(user, pk), status, acting=form)
    hint(SETTLE_OWNERS)
    messages.success(request, f"{form.cleaned_data['owner']} stands in as owner of {identity}.")
    return redirect("inventory:identity_owner", pk=pk)


@require_POST
def assignment_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let tags, rules and the account decide again."""
    user = person(request)
    assignment = get_object_or_404(OwnerAssignment.objects.visible_to(user).select_related("identity"), pk=pk)
    if not user.has_role(ASSIGNS_OWNERS):
        raise PermissionDenied
    back = reverse("inventory:identity_owner", args=[assignment.identity_id])
    try:
        service.end_assignment(assignment=assignment, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, back)
    hint(SETTLE_OWNERS)
    messages.success(request, "Tags, rules and the account decide again.")
    return redirect(back)

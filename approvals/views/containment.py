"""Contain now: stop a delegate of an identity at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from approvals.forms.emergencies import ContainForm
from approvals.models import Containment
from approvals.pages.containment import confirm_context, contacts_of, containment_context, may_contain
from approvals.services.emergencies.containment import contain as contain_now
from approvals.services.emergencies.containment import subject_of
from inventory.models import Delegation
from inventory.views.requests import person
from inventory.views.writes import DONE, attempt

_RELATED = ("identity__scope__account__owner_team", "identity__owner_team", "identity__owner_user")


@require_http_methods(["GET", "HEAD", "POST"])
def contain(request: HttpRequest, pk: int) -> HttpResponse:
    """What stops when the delegate of this delegation is contained, and the button that does it."""
    user, at = person(request), timezone.now()
    delegation = get_object_or_404(Delegation.objects.visible_to(user).select_related(*_RELATED), pk=pk)
    identity, subject = delegation.identity, subject_of(delegation)
    if not may_contain(user, identity, at):
        raise PermissionDenied
    made: list[Containment] = []

    def write(**said: Any) -> None:
        made.append(contain_now(identity.pk, subject, acting_user=user, at=at, **said))

    form = ContainForm(request.POST or None, can_tell_vendor=contacts_of(subject).exists())
    status = attempt(form, write) if request.method == "POST" else DONE
    if made:
        messages.success(request, "Contained here. It can still send until somebody takes it out of the policy.")
        return redirect("approvals:containment_detail", made[0].pk)
    context = {"section": "identities", "form": form} | confirm_context(user, identity, subject, at)
    return render(request, "approvals/contain.html", context, status=status)


@require_safe
def containment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a containment stands."""
    user = person(request)
    rows = Containment.objects.visible_to(user).select_related("identity__scope__account", "contained_by")
    containment = get_object_or_404(rows, pk=pk)
    context = {"section": "identities"} | containment_context(user, containment, timezone.now())
    return render(request, "approvals/containment.html", context)

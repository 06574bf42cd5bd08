"""Suspending a grant, and taking that back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.models import Grant
from approvals.services.emergencies.suspensions import reinstate, suspend
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.models.roles import Role
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person, require_role
from inventory.views.writes import not_done

SUSPENDS = frozenset({Role.SECURITY})


@require_POST
def grant_suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it in an emergency."""
    said = "Suspended. For 72 hours somebody else of security can take that back; then it is revoked."
    return _answer(request, pk, suspend, said)


@require_POST
def grant_reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else takes the suspension back."""
    if is_long_ago(request):
        require_role(request, SUSPENDS)
        return lead_to_sign_in(request, "approvals:grant_detail", pk)
    return _answer(request, pk, reinstate, "Taken back. The grant is worth what it was before.")


def _answer(request: HttpRequest, pk: int, write: Callable[..., Any], done: str) -> HttpResponse:
    get_object_or_404(Grant.objects.visible_to(person(request)), pk=pk)
    user = require_role(request, SUSPENDS)
    back = reverse("approvals:grant_detail", args=[pk])
    try:
        write(pk, reason=request.POST.get("reason", ""), acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, back)
    messages.success(request, done)
    return redirect(back)

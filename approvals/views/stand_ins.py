"""Appointing a stand-in for one request."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.services.requests.stand_ins import appoint_stand_in
from approvals.views.requests import shown_request
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.filters.fields import row_number
from inventory.models import User
from inventory.models.roles import Role
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import not_done


@require_POST
def request_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody decides for the owner's side of this request alone."""
    user = person(request)
    shown_request(user, pk)
    if not user.has_role([Role.SECURITY]):
        raise PermissionDenied
    if is_long_ago(request):
        return lead_to_sign_in(request, "approvals:request_detail", pk)
    chosen = get_object_or_404(User, pk=row_number(request.POST.get("stand_in", "")))
    back = reverse("approvals:request_detail", args=[pk])
    try:
        appoint_stand_in(pk, chosen, reason=request.POST.get("reason", ""), acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, back)
    messages.success(request, f"{chosen} may decide for the owner's side of this request, and was told.")
    return redirect(back)

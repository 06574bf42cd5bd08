"""Break the glass: security on call gives at once what it asked for."""

from dataclasses import replace

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from approvals.models import GrantRequest
from approvals.pages.names import names_for
from approvals.rules.calendar import confirm_by, last_day_of_broken_glass
from approvals.services.emergencies.break_glass import break_glass_for
from approvals.views.requests import shown_request
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.models.roles import Role
from inventory.policy.words.terms import terms_sentence
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import not_done


@require_http_methods(["GET", "HEAD", "POST"])
def request_break_glass(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens when the glass is broken, and the button that does it."""
    user, at = person(request), timezone.now()
    asked_for = shown_request(user, pk)
    if not user.has_role([Role.SECURITY]) or asked_for.requester_id != user.pk:
        raise PermissionDenied
    if request.method == "POST":
        if is_long_ago(request):
            return lead_to_sign_in(request, "approvals:request_break_glass", pk)
        try:
            given = break_glass_for(pk, acting_user=user, at=at)
        except (RefusedError, ConflictError) as said:
            return not_done(request, said, reverse("approvals:request_detail", args=[pk]))
        return redirect("approvals:request_detail", given.pk)
    return render(request, "approvals/break_glass.html", {"section": "inbox"} | _context(asked_for))


def _context(asked_for: GrantRequest) -> dict[str, object]:
    at, zone = timezone.now(), settings.SESGOV_TIME_ZONE
    last = last_day_of_broken_glass(at, zone)
    lines = list(asked_for.lines.select_related("identity"))
    given = [replace(each.grant_terms, starts_on=None, ends_on=min(each.grant_terms.ends_on, last)) for each in lines]
    names = names_for(given)
    return {
        "asked_for": asked_for,
        "sentences": [
            terms_sentence(terms, names=names, identity_name=line.identity.name)
            for line, terms in zip(lines, given, strict=True)
        ],
        "last": last,
        "confirm_by": confirm_by(at, zone),
    }

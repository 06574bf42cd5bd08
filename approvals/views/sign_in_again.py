"""Sign in again before a decision, where the last sign-in was long ago; what was written is not lost."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from approvals.models import GrantRequest
from inventory.views.signed_in import came_by_company, signed_in_at

_KEPT = ("decision", "kind", "submission", "ends_on", "comment")
_HOUR = 60 * 60


def is_long_ago(request: HttpRequest, within: timedelta | None = None) -> bool:
    """Whether a decision needs a newer sign-in; what nobody knows the time of counts as long ago.

    ``within`` asks for a newer one than decisions do.
    """
    at, longest = signed_in_at(request), settings.SESGOV_DECISION_SIGN_IN_HOURS * _HOUR
    return at is None or time.time() - at > (within.total_seconds() if within else longest)


def sign_in_again(request: HttpRequest, asked_for: GrantRequest) -> HttpResponse:
    """Keep what was written, and lead to sign-in and back to the request."""
    request.session[_key(asked_for.pk)] = {name: request.POST.get(name, "")[:2000] for name in _KEPT}
    return lead_to_sign_in(request, "approvals:request_detail", asked_for.pk)


def lead_to_sign_in(request: HttpRequest, url_name: str, *arguments: object) -> HttpResponse:
    """To sign-in, by the way that one came, and then to that page."""
    messages.info(request, "Your last sign-in was a while ago. Sign in again, then decide; nothing is decided yet.")
    page = reverse(url_name, args=arguments)
    if came_by_company(request):
        return redirect(f"{reverse('company_sign_in')}?{urlencode({'again': '1', 'next': page})}")
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}")


def kept(request: HttpRequest, pk: int) -> dict[str, Any] | None:
    """What was written before, once, after signing in again."""
    if _key(pk) not in request.session or is_long_ago(request):
        return None
    said: dict[str, Any] = request.session.pop(_key(pk))
    return said


def _key(pk: int) -> str:
    return f"decision-on-{pk}"

"""Everybody signs in first; a fragment that meets an ended session sends the whole page to sign-in."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's wall, with an answer that htmx follows."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let through who is signed in and what needs no sign-in."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        htmx: Any = getattr(request, "htmx", None)
        if answer is None or not (htmx or request.method == "POST"):
            return answer
        if htmx:
            return HttpResponseClientRedirect(_sign_in_for(htmx.current_url_abs_path or "/"))
        # Behind the address that took the form there may be no page: sign-in leads back to where the form stood.
        messages.warning(request, "You were signed out, so nothing was kept. Sign in, and enter it again.")
        return redirect(_sign_in_for(_page_before(request)))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What a person was shown stays in no cache, so that nobody finds it there after they signed out."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response


def _sign_in_for(page: str) -> str:
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return urlunsplit(("", "", parts.path, parts.query, "")) or "/"


class SessionEndMiddleware:
    """A sign-in lasts SESGOV_SESSION_HOURS from its beginning; Django counts from the session's last change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out whose time is over; the wall then leads to sign-in and back."""
        user: Any = request.user
        records = get_authentication_records(request, user if user.is_authenticated else None)
        if records and time.time() - records[0]["at"] > settings.SESSION_COOKIE_AGE:
            logout(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever needs a second factor and has none sets one up before anything else (SESGOV_REQUIRE_MFA)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page of second factors; what is about one's own sign-in stays open."""
        is_own = request.path.startswith("/me/") and not request.path.startswith(reverse("inventory:token_list"))
        if is_own or not lacks_second_factor(request):
            return self.get_response(request)
        page = reverse("mfa_index")
        if getattr(request, "htmx", None):
            return HttpResponseClientRedirect(page)
        messages.warning(request, "Your role needs a second factor. Set one up, then everything else is open.")
        return redirect(page)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a role asks for more than the password that was given; the company's provider asks for its own."""
    if not settings.SESGOV_REQUIRE_MFA:
        return False
    user: Any = request.user
    if not user.is_authenticated or not user.has_role(settings.SESGOV_REQUIRE_MFA):
        return False
    came_by = {each["method"] for each in get_authentication_records(request, user)}
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return "socialaccount" not in came_by and not is_mfa_enabled(user, types)

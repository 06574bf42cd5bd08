"""Everybody signs in first; a fragment that meets an ended session sends the whole page to sign-in."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's wall, with an answer that htmx follows."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let through who is signed in and what needs no sign-in."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        htmx: Any = getattr(request, "htmx", None)
        if answer is None or not htmx:
            return answer
        page = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What a person was shown stays in no cache, so that nobody finds it there after they signed out."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response

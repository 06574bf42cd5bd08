"""To the company's provider and back."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from sesgov.company.provider import CompanyOAuth2Adapter


def _adapter(request: HttpRequest) -> CompanyOAuth2Adapter:
    if not settings.SESGOV_OIDC_ISSUER:
        raise Http404
    return CompanyOAuth2Adapter(request, settings.SESGOV_OIDC_PROVIDER)


@login_not_required
@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Begin: a link, since `form-action` in the content policy would stop a form that leads to the provider.

    With ``again`` the provider is told to ask, even whom it knows already.
    """
    ask = {"auth_params": {"prompt": "login"}} if request.GET.get("again") else {}
    provider: Any = _adapter(request).get_provider()
    try:
        answer: HttpResponse = provider.redirect(request, "login", get_next_redirect_url(request), **ask)
    except (OAuth2Error, RequestException, KeyError, ValueError) as error:
        answer = render_authentication_error(request, provider, exception=error)
    return answer


class _Callback(OAuth2CallbackView):  # type: ignore[misc]  # allauth carries no types
    """Hands the nonce of the attempt to who checks the ID token."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """End: the code is exchanged and what comes back is checked."""
    answer: HttpResponse = _Callback.adapter_view(_adapter(request))(request)
    return answer


def company(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001  # a context processor takes it
    """For templates: which ways in are open, and who gives roles."""
    is_set_up = bool(settings.SESGOV_OIDC_ISSUER)
    return {
        "company_sign_in": is_set_up,
        "local_sign_in": settings.SESGOV_LOCAL_SIGN_IN,
        "roles_follow_groups": is_set_up and bool(settings.SESGOV_OIDC_ROLES),
    }

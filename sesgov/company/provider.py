"""The company's provider as django-allauth knows it, and what that leaves out: nonce, signature, one issuer alone."""

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string

from sesgov.company.tokens import Expected, TokenRefusedError, read_id_token

NONCE_LENGTH = 32


class CompanyOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth carries no types
    """Talks to the issuer. ``nonce`` is that of the attempt which the callback ends."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the issuer says of itself; refused where it speaks for another one."""
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.SESGOV_OIDC_ISSUER:
            raise OAuth2Error("what was found at SESGOV_OIDC_ISSUER names another issuer")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # noqa: ARG002  # allauth passes it
        """Where the issuer sends people back to; registered there."""
        return request.build_absolute_uri(reverse("company_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **answer: Any) -> Any:
        """The attempt with its claims (``claims``), from a token that was checked."""
        try:
            claims = self._claims(app, token, answer["response"])
        except (TokenRefusedError, KeyError, ValueError) as error:
            raise OAuth2Error(str(error) if isinstance(error, TokenRefusedError) else type(error).__name__) from error
        login = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        login.claims = claims
        return login

    def _claims(self, app: Any, token: Any, response: dict[str, Any]) -> dict[str, Any]:
        """The ID token's claims, with those that only the issuer's userinfo names."""
        expected = Expected(str(settings.SESGOV_OIDC_ISSUER), app.client_id, self.nonce)
        claims = read_id_token(response["id_token"], self._get(self.openid_config["jwks_uri"]), expected)
        wanted = {"email", "email_verified", settings.SESGOV_OIDC_GROUPS_CLAIM}
        if wanted <= claims.keys() or not self.openid_config.get("userinfo_endpoint"):
            return claims
        more = self._get(self.profile_url, Authorization=f"Bearer {token.token}")
        if more.get("sub") != claims["sub"]:
            raise TokenRefusedError("userinfo speaks of another person than the ID token")
        return more | claims

    def _get(self, url: str, **headers: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response: requests.Response = session.get(url, headers=headers)
            response.raise_for_status()
        answer = response.json()
        if not isinstance(answer, dict):
            raise TokenRefusedError("the issuer's answer is no object")
        return answer


class CompanyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth carries no types
    """The one provider. Of what it says, the subject and the address alone are kept."""

    oauth2_adapter_class = CompanyOAuth2Adapter
    pkce_enabled_default = True

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **more: Any
    ) -> HttpResponse:
        """Send the person to the issuer, with a nonce that the ID token has to bring back."""
        nonce = get_random_string(NONCE_LENGTH)
        params = more.pop("auth_params", {}) | {"nonce": nonce}
        answer: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=params, nonce=nonce, **more
        )
        return answer

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What stays in the database."""
        return {"email": str(data["id_token"].get("email") or "")}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002  # allauth passes it
        """Nothing: who the person is, `arrivals` reads from the claims."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:  # noqa: ARG002  # allauth passes it
        """Nothing, for the same reason."""
        return []

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002  # allauth passes them
        """Where signing in begins."""
        return reverse("company_sign_in")

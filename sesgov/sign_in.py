"""Who may have an account, and which ways in are open: people are entered or come from the company, nobody signs up."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # the caller names it
        """Always False; `manage.py people add` and `create_admin` make accounts."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of people whom the company alone can ask: with local accounts off an old password proves nothing."""
        if not settings.SESGOV_LOCAL_SIGN_IN and not is_mfa_enabled(self.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Without the password while local accounts are off."""
        known: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [each for each in known if settings.SESGOV_LOCAL_SIGN_IN or each["id"] != "reauthenticate"]


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """By e-mail and password, while local accounts are on."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        """The person, or nobody."""
        if not settings.SESGOV_LOCAL_SIGN_IN:
            return None
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Keeps the secrets of authenticator apps and recovery codes encrypted with a key made of SESGOV_SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        """What stands in the database."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; after SESGOV_SECRET_KEY has changed, one that no code fits."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002  # named so there
        """What a new passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {number + 1}" if number else "Passkey"


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def only_local(view: View) -> View:
    """Refuse what belongs to local accounts while they are off; the sign-in page itself can still be looked at."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_page = request.resolver_match and request.resolver_match.url_name == "account_login"
        if not settings.SESGOV_LOCAL_SIGN_IN and not (is_page and request.method in {"GET", "HEAD"}):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded

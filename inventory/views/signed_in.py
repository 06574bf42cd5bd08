"""How the person who asks has signed in, in a few words that a decision can keep."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

_WORDS = {
    "password": "password",
    "socialaccount": "oidc",
    "totp": "totp",
    "recovery_codes": "recovery-code",
    "webauthn": "passkey",
}


def signed_in_by(request: HttpRequest) -> str:
    """``password``, ``password+totp``, ``passkey``, ``oidc`` ... in the order they were given; 40 letters at most.

    Empty where nobody knows, such as behind an API token.
    """
    records = _records(request)
    first = [each for each in records if not each.get("reauthenticated")]
    return "+".join(dict.fromkeys(_WORDS.get(each.get("type") or each["method"], "other") for each in first))[:40]


def signed_in_at(request: HttpRequest) -> float | None:
    """When the person last proved who they are, in seconds since 1970; ``None`` where nobody knows."""
    return max((each["at"] for each in _records(request)), default=None)


def came_by_company(request: HttpRequest) -> bool:
    """Whether the company's sign-in let the person in."""
    return any(each["method"] == "socialaccount" for each in _records(request))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user if request.user.is_authenticated else None
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    return records

"""How the person who asks has signed in, in a few words that a decision can keep."""

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
    records = get_authentication_records(request, request.user)
    first = [each for each in records if not each.get("reauthenticated")]
    return "+".join(dict.fromkeys(_WORDS.get(each.get("type") or each["method"], "other") for each in first))[:40]

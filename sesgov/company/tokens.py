"""The ID token: signed by the issuer, for us, for this attempt, and still good (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import jwt

# Signatures that only the holder of a private key can make; `none` and shared secrets are not among them.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")
# Two clocks never agree to the second.
LEEWAY_SECONDS = 60
# What the table of django-allauth holds.
LONGEST_SUBJECT = 191


class TokenRefusedError(ValueError):
    """An ID token that proves nothing; the text is for the log and holds nothing of the token."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to say of itself."""

    issuer: str
    client_id: str
    nonce: str


def read_id_token(token: str, keys: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    """The claims of `token`, signed with one of `keys` (a JWK set); raises TokenRefusedError otherwise."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise TokenRefusedError("the ID token is not signed as an ID token is")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, header).key,
            algorithms=[header["alg"]],
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED)},
        )
    except jwt.PyJWTError as error:
        raise TokenRefusedError(f"the ID token does not hold: {type(error).__name__}") from None
    if not expected.nonce or not compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode()):
        raise TokenRefusedError("the ID token answers another attempt to sign in")
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise TokenRefusedError("the ID token names nobody")
    is_for_many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (is_for_many or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise TokenRefusedError("the ID token was made for somebody else")
    return claims


def _key(keys: Mapping[str, Any], header: Mapping[str, Any]) -> jwt.PyJWK:
    """The key that the token names; where it names none, the only one that signs."""
    known = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use in {None, "sig"}]
    named = [key for key in known if key.key_id == header.get("kid")] if "kid" in header else known
    if len(named) != 1 or named[0].key_type == "oct":
        raise TokenRefusedError("no key of the issuer fits the ID token")
    return named[0]

"""Who asks: the user of a bearer token, so many times a minute."""

import logging
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

from inventory.models import ApiToken, User
from inventory.services.people.api_tokens import TokenRefusedError, holder_of

logger = logging.getLogger(__name__)

REQUESTS_PER_MINUTE = 600
_MINUTE = 60


class Bearer(HttpBearer):
    """``Authorization: Bearer <token>``; nothing else opens the API, a session least of all."""

    def __call__(self, request: HttpRequest) -> Any:
        """The token, as ``request.auth``."""
        scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise AuthenticationError(
                message="Send a token in the header: Authorization: Bearer sesgov_... "
                "Make one with manage.py create_token, or in the browser under your name."
            )
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:  # noqa: ARG002  # ninja passes it
        """Look the secret up."""
        try:
            return holder_of(token, at=timezone.now())
        except TokenRefusedError as refusal:
            raise AuthenticationError(message=str(refusal)) from refusal


class PerToken(BaseThrottle):
    """Each token may ask so often in each minute of the clock; while the cache is away nobody counts."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count this request."""
        minute = int(timezone.now().timestamp()) // _MINUTE
        key = f"api:{token_of(request).pk}:{minute}"
        try:
            cache.add(key, 0, 2 * _MINUTE)
            return cache.incr(key) <= REQUESTS_PER_MINUTE
        except (RedisError, ValueError):
            logger.warning("api_requests_not_counted")
            return True

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return _MINUTE - timezone.now().timestamp() % _MINUTE


def token_of(request: HttpRequest) -> ApiToken:
    """The token that :class:`Bearer` let in."""
    token = getattr(request, "auth", None)
    if not isinstance(token, ApiToken):
        raise AuthenticationError
    return token


def user_of(request: HttpRequest) -> User:
    """As whom the program reads."""
    return token_of(request).user

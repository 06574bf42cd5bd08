"""API tokens: made, revoked, and recognised."""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from inventory.models import ApiToken, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_words

LONGEST = timedelta(days=366)
USUAL = timedelta(days=365)
_MARK = "sesgov_"
_SHOWN = len(_MARK) + 6
_NOTED_EACH = timedelta(minutes=1)


class TokenRefusedError(Exception):
    """The token opens nothing; the text says why to whoever holds it."""


@transaction.atomic
def create_token(
    *, user: User, name: str = "", expires_on: date | None = None, acting_user: User | None, at: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can ask for again; without a last day it holds for a year."""
    today = timezone.localdate(at)
    last_day = expires_on or today + USUAL
    label = name.strip()
    check_words("name", label, 100)
    holder = User.objects.select_for_update().get(pk=user.pk)
    if not holder.is_active:
        raise RefusedError("user", f"{holder.email} was deactivated, so a token of theirs would open nothing.")
    if not today <= last_day <= today + LONGEST:
        raise RefusedError(
            "expires_on",
            f"A token ends between today and {today + LONGEST:%Y-%m-%d}; {last_day:%Y-%m-%d} lies outside.",
        )
    secret = _MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=holder, name=label, digest=_digest(secret), prefix=secret[:_SHOWN], created_at=at, expires_on=last_day
    )
    data = {"name": label, "prefix": token.prefix, "user": holder.email, "expires_on": last_day}
    record(at=at, actor=acting_user, action="token.created", target=token, data=data)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, acting_user: User | None, at: datetime) -> bool:
    """End a token at once and for ever; False where it was revoked before."""
    locked = ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
    if locked.revoked_at is not None:
        return False
    locked.revoked_at = at
    locked.save(update_fields=["revoked_at"])
    data = {"name": locked.name, "prefix": locked.prefix, "user": locked.user.email}
    record(at=at, actor=acting_user, action="token.revoked", target=locked, data=data)
    return True


def holder_of(secret: str, *, at: datetime) -> ApiToken:
    """The token of that secret with its user; raises :class:`TokenRefusedError` where it opens nothing."""
    token = ApiToken.objects.select_related("user").filter(digest=_digest(secret)).first()
    if token is None:
        raise TokenRefusedError("This token is not known here.")
    if not token.user.is_active:
        raise TokenRefusedError("The person whose token this is was deactivated.")
    if token.revoked_at is not None:
        raise TokenRefusedError(f"This token was revoked on {timezone.localdate(token.revoked_at):%Y-%m-%d}.")
    if token.expires_on < timezone.localdate(at):
        raise TokenRefusedError(f"This token ended on {token.expires_on:%Y-%m-%d}. Make another one.")
    _note_use(token, at)
    return token


def _note_use(token: ApiToken, at: datetime) -> None:
    """Once a minute is enough to see whether a token is still in use; each request would be a write."""
    before = at - _NOTED_EACH
    if token.last_used_at is None or token.last_used_at <= before:
        unnoted = models.Q(last_used_at=None) | models.Q(last_used_at__lte=before)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

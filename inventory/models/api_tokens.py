"""API tokens: how a program reads what its user may see."""

from datetime import date
from typing import ClassVar, Self

from django.db import models

from inventory.models.users import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by their owner and their state."""

    def visible_to(self, user: User) -> Self:
        """Everybody sees their own, and only those."""
        return self.filter(user=user)

    def live(self, on: date) -> Self:
        """Those that open the door on a day."""
        return self.filter(revoked_at=None, expires_on__gte=on)


class ApiToken(models.Model):
    """A secret of which only the SHA-256 is kept; ``prefix`` are its first characters, to tell it from others.

    ``expires_on`` is the last day on which it is taken. ``last_used_at`` is right to the minute.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100, blank=True)
    # Every request looks its token up by this.
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ApiToken"]] = models.Manager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name or self.prefix

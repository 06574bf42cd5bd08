"""Scopes: one account in one region, the unit that is seen or not seen."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from inventory.models.accounts import Account
from inventory.models.roles import Role
from inventory.models.users import User

STALE_AFTER = timedelta(hours=48)


class Outcome(models.TextChoices):
    """What came of looking: "could not look" is a value, never an empty list."""

    COMPLETE = "complete", "Complete"
    PARTIAL = "partial", "Partial"
    DENIED = "denied", "Denied"
    UNAVAILABLE = "unavailable", "Unavailable"
    FAILED = "failed", "Failed"


class ScopeQuerySet(models.QuerySet["Scope"]):
    """Scopes by how well they are seen, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for those who read the whole inventory, else the places of the identities that the person may see."""
        if user.reads_inventory:
            return self
        if not user.has_role([Role.OWNER]):
            return self.none()
        team_ids = list(user.memberships.values_list("team_id", flat=True))
        owned = models.Q(identities__owner_team_id__in=team_ids) | models.Q(identities__owner_user_id=user.pk)
        return self.filter(owned).distinct()

    def expected(self) -> Self:
        """Scopes that must be read for the picture to be complete."""
        return self.filter(is_expected=True)

    def unused(self, on: date) -> Self:
        """Denied scopes that somebody declared unused, as long as their word holds."""
        return self.expected().filter(last_outcome=Outcome.DENIED, unused_until__gte=on)

    def unseen(self, at: datetime) -> Self:
        """What is not completely read, save what is declared unused."""
        return self.unread(at).exclude(last_outcome=Outcome.DENIED, unused_until__gte=timezone.localdate(at))

    def unread(self, at: datetime) -> Self:
        """Expected scopes whose last look failed, or that were not completely read within 48 hours."""
        return self.expected().filter(
            ~models.Q(last_outcome=Outcome.COMPLETE)
            | models.Q(last_complete_at=None)
            | models.Q(last_complete_at__lt=at - STALE_AFTER)
        )


class Scope(models.Model):
    """``is_expected`` is false for a region that is disabled in the account; ``unexpected_reason`` says so.

    ``unused_until`` repeats the end of the live declaration that nothing is sent from here.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="scopes")
    region = models.CharField(max_length=30)
    is_expected = models.BooleanField(default=True)
    unexpected_reason = models.CharField(max_length=200, blank=True)
    baseline_at = models.DateTimeField(null=True, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_complete_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    last_error_code = models.CharField(max_length=200, blank=True)
    last_error_text = models.TextField(blank=True)
    unused_until = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Scope"]] = models.Manager.from_queryset(ScopeQuerySet)()

    class Meta:
        ordering = ("account__account_id", "region")
        constraints = (models.UniqueConstraint(fields=("account", "region"), name="scope_unique"),)

    def __str__(self) -> str:
        return f"{self.account.account_id} {self.region}"

    def sight(self, at: datetime) -> str:
        """The coverage word for a cell: an outcome, ``stale``, ``never``, ``disabled`` or ``unused``."""
        if not self.is_expected:
            return "disabled"
        if self.is_unused(timezone.localdate(at)):
            return "unused"
        if not self.last_outcome:
            return "never"
        if self.last_outcome != Outcome.COMPLETE:
            return self.last_outcome
        is_fresh = self.last_complete_at is not None and self.last_complete_at >= at - STALE_AFTER
        return "complete" if is_fresh else "stale"

    def is_unused(self, on: date) -> bool:
        """Denied, and declared unused by somebody whose word still holds."""
        return self.last_outcome == Outcome.DENIED and self.unused_until is not None and self.unused_until >= on

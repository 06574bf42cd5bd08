"""Checks of accounts: does the way in work, and may everything be read that is to be read?"""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from inventory.models.accounts import Account
from inventory.models.scopes import Outcome
from inventory.models.users import User


class AccountCheckQuerySet(models.QuerySet["AccountCheck"]):
    """Checks by their life, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """The registry is for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def unfinished(self) -> Self:
        """What is asked for and not checked yet."""
        return self.filter(checked_at=None)

    def due(self, at: datetime) -> Self:
        """What a worker may take up: waiting, or left behind by one whose lease ended."""
        return self.unfinished().filter(models.Q(leased_until=None) | models.Q(leased_until__lt=at))

    def newest(self) -> Self:
        """The last one asked for of each account."""
        return self.order_by("account_id", "-id").distinct("account_id")


class AccountCheck(models.Model):
    """One check of one account, which is also the job: ``checked_at`` is ``None`` until it was done.

    ``steps`` is a list of ``{"name", "outcome", "code", "text", "regions"}`` in the order in which they were tried; a
    step of the whole account names no regions.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="checks")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    steps = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager["AccountCheck"]] = models.Manager.from_queryset(AccountCheckQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(checked_at=None), name="account_check_one_at_a_time"
            ),
        )
        indexes = (
            # The newest of each account, for the connect page and the account's own.
            models.Index(fields=("account", "-id"), name="account_check_newest"),
        )

    def __str__(self) -> str:
        return f"check of {self.account}"

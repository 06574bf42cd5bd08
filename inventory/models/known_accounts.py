"""Accounts known by name: what public lists say whose an account is. A name is not trust."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models

from inventory.models.accounts import ACCOUNT_ID


class KnownAccountQuerySet(models.QuerySet["KnownAccount"]):
    """Names by account id."""

    def names(self, account_ids: Iterable[str]) -> dict[str, str]:
        """What these accounts are called, where a list says so: one query."""
        return dict(self.filter(account_id__in=list(account_ids)).values_list("account_id", "name"))


class KnownAccount(models.Model):
    """One account id with the name and the source that a public list gives. It changes no verdict: anybody may be a
    customer of the company behind it, and the list may be wrong or old."""

    account_id = models.CharField(max_length=12, unique=True, validators=[ACCOUNT_ID])
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=1000, blank=True)
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager["KnownAccount"]] = models.Manager.from_queryset(KnownAccountQuerySet)()

    class Meta:
        ordering = ("account_id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(account_id__regex=r"^[0-9]{12}$"), name="known_account_id_12_digits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.account_id}"

"""What each check of the audit chain found."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models


class ChainCheckQuerySet(models.QuerySet["ChainCheck"]):
    """Checks, and what they were about."""

    def latest_first(self) -> Self:
        """The newest first."""
        return self.order_by("-checked_at", "-pk")


class ChainCheck(models.Model):
    """One check: the head that it saw, so that a chain that was rewritten since no longer fits what was written down.

    ``problem`` is empty where the chain held.
    """

    checked_at = models.DateTimeField()
    position = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    unsealed = models.PositiveIntegerField()
    problem = models.TextField(blank=True)

    objects: ClassVar[models.Manager["ChainCheck"]] = models.Manager.from_queryset(ChainCheckQuerySet)()

    class Meta:
        ordering = ("-checked_at", "-pk")
        # "What did the last check say?", asked with the audit page and by /health/ready.
        indexes = (models.Index(fields=("-checked_at", "-id"), name="chain_check_latest"),)
        triggers = (
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'Checks of the audit chain are append-only.';",
            ),
        )

    def __str__(self) -> str:
        return f"checked {self.checked_at:%Y-%m-%d %H:%M}"

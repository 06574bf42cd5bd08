"""Figures as they stood at the end of a day."""

from typing import ClassVar

from django.db import models

from inventory.models.accounts import Account


class FigureSnapshot(models.Model):
    """One figure of one account, or of the whole estate where ``account`` is null, at the end of a day.

    ``on`` is a day of ``SESGOV_TIME_ZONE``. ``value`` and ``of`` are whole numbers: a count and what it was counted
    over, or for times the sum of seconds and the number of spans. A figure that nothing was known of has no row.
    ``is_stale``: some expected scope was not completely read on that day, so the last known facts were counted. Rows
    only repeat what the intervals say: they may be thrown away and filled again.
    """

    on = models.DateField()
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="figure_snapshots"
    )
    key = models.CharField(max_length=40)
    value = models.BigIntegerField()
    of = models.BigIntegerField(null=True, blank=True)
    is_stale = models.BooleanField()

    objects: ClassVar[models.Manager["FigureSnapshot"]] = models.Manager()

    class Meta:
        ordering = ("on", "account", "key")
        constraints = (
            # One trend of one account, or of the whole estate, is a range of this index.
            models.UniqueConstraint(
                fields=("account", "key", "on"), nulls_distinct=False, name="figure_snapshot_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} on {self.on:%Y-%m-%d}"

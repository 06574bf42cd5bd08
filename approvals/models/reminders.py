"""Reminders: which step before or after a grant's end somebody was told of."""

from typing import ClassVar

from django.db import models

from approvals.models.grants import Grant


class Reminder(models.Model):
    """``step`` is the number of days before the last valid day; below zero, days after it."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="reminders")
    step = models.SmallIntegerField()
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Reminder"]] = models.Manager()

    class Meta:
        ordering = ("grant", "-step")
        constraints = (models.UniqueConstraint(fields=("grant", "step"), name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.step} days before the end of {self.grant}"

"""Approval slots: who agreed to which terms, in which role."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from approvals.models.grant_requests import RequestLine
from approvals.rules.deciders import SlotKind
from approvals.rules.states import LineState, RequestState
from inventory.models import User


class ApprovalSlotQuerySet(models.QuerySet["ApprovalSlot"]):
    """Slots in the words of those who decide."""

    def waiting(self, at: datetime) -> Self:
        """Those that somebody can still fill: of the last submission of a request that has not lapsed."""
        return self.filter(
            verdict=ApprovalSlot.Verdict.OPEN,
            submission=models.F("line__request__submissions"),
            line__state=LineState.OPEN,
            line__request__state=RequestState.PENDING,
            line__request__lapses_at__gt=at,
        )


class ApprovalSlot(models.Model):
    """One of the two places of a line, in one submission. ``terms_hash`` names the terms that were decided on.

    ``requester`` repeats the request's, so that the database itself refuses the requester; ``role_held`` and
    ``signed_in_by`` are as they were at that moment. ``ends_on`` is the earlier last day that the approver set.
    """

    class Verdict(models.TextChoices):
        OPEN = "", "Open"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    line = models.ForeignKey(RequestLine, on_delete=models.PROTECT, related_name="slots")
    submission = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in SlotKind])
    requester = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True, default=Verdict.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    decided_at = models.DateTimeField(null=True, blank=True)
    terms_hash = models.CharField(max_length=64, blank=True)
    role_held = models.CharField(max_length=100, blank=True)
    signed_in_by = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["ApprovalSlot"]] = models.Manager.from_queryset(ApprovalSlotQuerySet)()

    class Meta:
        ordering = ("line", "submission", "kind")
        constraints = (
            models.UniqueConstraint(fields=("line", "submission", "kind"), name="slot_unique"),
            # Never one person for both.
            models.UniqueConstraint(
                fields=("line", "submission", "decided_by"),
                condition=models.Q(decided_by__isnull=False),
                name="slots_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(requester=None)
                | models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("requester")),
                name="slot_not_by_requester",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", decided_by=None, decided_at=None, terms_hash="")
                | (models.Q(decided_by__isnull=False, decided_at__isnull=False) & ~models.Q(verdict="", terms_hash="")),
                name="slot_decided_whole",
            ),
        )
        indexes = (
            # What waits for a person: the inbox.
            models.Index(fields=("kind",), condition=models.Q(verdict=""), name="slot_open"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.line}"

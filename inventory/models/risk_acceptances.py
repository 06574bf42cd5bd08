"""Risk acceptances: two people let a finding stand until a day, the one who asks and the one who decides."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from inventory.models.findings import Finding, Severity
from inventory.models.identities import Identity
from inventory.models.users import User


class RiskAcceptanceQuerySet(models.QuerySet["RiskAcceptance"]):
    """Acceptances by where they stand; what ended by its date needs no job, so a day is always asked for."""

    def visible_to(self, user: User) -> Self:
        """Those of findings on identities that the person may see."""
        if user.reads_inventory:
            return self
        return self.filter(finding__identity__in=Identity.objects.visible_to(user))

    def pending(self) -> Self:
        """Asked for and not decided."""
        return self.filter(decision=RiskAcceptance.Decision.PENDING)

    def unended(self) -> Self:
        """Approved, and not ended by an event; its day may have passed."""
        return self.filter(decision=RiskAcceptance.Decision.APPROVED, ended_at=None)

    def in_force(self, on: date) -> Self:
        """Approved, not ended, and its last day not over."""
        return self.unended().filter(until__gte=on)

    def ending_soon(self, on: date, days: int = 14) -> Self:
        """In force, with its last day within so many days."""
        return self.in_force(on).filter(until__lte=on + timedelta(days=days))

    def over(self, on: date) -> Self:
        """Once in force and no longer so."""
        approved = self.filter(decision=RiskAcceptance.Decision.APPROVED)
        return approved.filter(Q(ended_at__isnull=False) | Q(until__lt=on))


class RiskAcceptance(models.Model):
    """One request to let a finding stand, and what became of it.

    ``until`` is the last valid day in ``SESGOV_TIME_ZONE``. ``severity`` is what was asked for and approved: a finding
    that becomes worse than that is accepted no longer. ``ended_at`` is set where something other than the calendar
    ended it; ``decided_by`` only where a person approved or rejected.
    """

    class Kind(models.TextChoices):
        RISK = "risk", "Risk accepted"
        FALSE_POSITIVE = "false_positive", "False positive"

    class Decision(models.TextChoices):
        PENDING = "pending", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    class EndReason(models.TextChoices):
        CLOSED = "closed", "The finding closed"
        WORSE = "worse", "The finding became worse"
        REVOKED = "revoked", "Ended by hand"
        REPLACED = "replaced", "A later one took its place"

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="acceptances")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    justification = models.TextField()
    until = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=10, choices=EndReason.choices, blank=True)

    objects: ClassVar[models.Manager["RiskAcceptance"]] = models.Manager.from_queryset(RiskAcceptanceQuerySet)()

    class Meta:
        ordering = ("until", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("finding",), condition=Q(decision="pending"), name="acceptance_one_pending"
            ),
            models.UniqueConstraint(
                fields=("finding",), condition=Q(decision="approved", ended_at=None), name="acceptance_one_unended"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")), name="acceptance_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by=None, decided_at=None)
                | Q(decision__in=("approved", "rejected"), decided_by__isnull=False, decided_at__isnull=False)
                | Q(decision__in=("withdrawn", "lapsed"), decided_by=None, decided_at__isnull=False),
                name="acceptance_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | (Q(decision="approved", ended_at__isnull=False) & ~Q(end_reason="")),
                name="acceptance_ended_with_reason",
            ),
        )
        indexes = (
            # The list of acceptances, the soonest end first.
            models.Index(fields=("until", "id"), name="acceptance_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} until {self.until} for F{self.finding_id}"

    def is_in_force(self, on: date) -> bool:
        """Whether the finding counts as accepted on a day."""
        return self.decision == self.Decision.APPROVED and self.ended_at is None and self.until >= on

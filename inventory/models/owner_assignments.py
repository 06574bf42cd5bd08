"""Owner assignments: who owns an identity because people said so."""

from datetime import date
from typing import ClassVar, Self

from django.db import models

from inventory.models.identities import Identity
from inventory.models.teams import Team
from inventory.models.users import User


class OwnerAssignmentQuerySet(models.QuerySet["OwnerAssignment"]):
    """Assignments by their state, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """Those on identities that the person may see, and what they asked for themselves."""
        if user.reads_inventory:
            return self
        seen = Identity.objects.visible_to(user)
        return self.filter(models.Q(identity__in=seen) | models.Q(assigned_by=user))

    def active(self) -> Self:
        """Confirmed and not ended; whether the one it names is still here is not asked."""
        return self.filter(state=OwnerAssignment.State.ACTIVE)

    def pending(self) -> Self:
        """Claims that wait for somebody to confirm them."""
        return self.filter(state=OwnerAssignment.State.PENDING)

    def over(self, on: date) -> Self:
        """Active ones whose last day has passed."""
        return self.active().filter(until_on__lt=on)


class OwnerAssignment(models.Model):
    """One identity, one owner, by the word of a person; counts from ``from_at`` to ``to_at``.

    ``reason`` is what the one who asked said, ``comment`` what the one who decided said. ``until_on`` is the last day
    of an acting owner, who stands in for whoever owns the identity otherwise.
    """

    class Kind(models.TextChoices):
        CLAIM = "claim", "Claimed"
        HANDED_ON = "handed_on", "Handed on"
        ACTING = "acting", "Acting owner"

    class State(models.TextChoices):
        PENDING = "pending", "Waits for a decision"
        ACTIVE = "active", "In force"
        ENDED = "ended", "Ended"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=1000, blank=True)
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=1000, blank=True)
    from_at = models.DateTimeField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    to_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[models.Manager["OwnerAssignment"]] = models.Manager.from_queryset(OwnerAssignmentQuerySet)()

    class Meta:
        ordering = ("-assigned_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(team=None, user__isnull=False) | models.Q(team__isnull=False, user=None),
                name="owner_assignment_one_owner",
            ),
            # Also serves "what do people say of this identity?", asked with each resolution.
            models.UniqueConstraint(
                fields=("identity",),
                condition=models.Q(state="active") & ~models.Q(kind="acting"),
                name="owner_assignment_one_by_hand",
            ),
            models.UniqueConstraint(
                fields=("identity",),
                condition=models.Q(state="active", kind="acting"),
                name="owner_assignment_one_acting",
            ),
            # Also serves the inbox of claims.
            models.UniqueConstraint(
                fields=("identity",), condition=models.Q(state="pending"), name="owner_assignment_one_claim"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("assigned_by")),
                name="owner_assignment_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="acting", until_on__isnull=False)
                | (~models.Q(kind="acting") & models.Q(until_on=None)),
                name="owner_assignment_acting_ends",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(from_at__isnull=False, to_at=None),
                name="owner_assignment_active_since",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active", kind="claim") | models.Q(decided_by__isnull=False),
                name="owner_assignment_claim_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.identity} to {self.owner}"

    @property
    def owner(self) -> "Team | User | None":
        """The team or the person."""
        return self.team or self.user

"""Review items: one frozen path each, who is to look at it, and everything that was ever said of it."""

from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.utils import timezone

from approvals.models.campaigns import Campaign, sides_spoken_for
from approvals.models.change_tasks import ChangeTask
from approvals.models.grants import Grant
from approvals.rules.campaigns import Change, ItemDecision, ItemRisk, PathKind
from inventory.models import CollectionRun, Delegation, Identity, Role, Team, User


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    """Items, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory, else those that the person is to review."""
        return self if user.reads_inventory else self._asked_of(user, on=timezone.localdate())

    def assigned_to(self, user: User, *, on: date) -> Self:
        """What this person may decide on that day, whatever was said of it: their side is asked, and it is not their
        own access. The same as :func:`approvals.services.campaigns.reviewers.why_not` says of one item."""
        own = Grant.objects.filter(models.Q(line__request__requester=user) | models.Q(vendor__sponsor=user))
        return self._asked_of(user, on=on).exclude(grant__in=own.order_by().values("pk"))

    def _asked_of(self, user: User, *, on: date) -> Self:
        teams, people = sides_spoken_for(user, on=on)
        asked = models.Q(reviewer_team__in=teams) | models.Q(reviewer_user__in=people)
        if user.is_active and user.has_role([Role.SECURITY]):
            asked |= models.Q(reviewer_team=None, reviewer_user=None)
        return self.filter(asked)

    def pending(self) -> Self:
        """What nobody has decided."""
        return self.filter(decision=ItemDecision.PENDING)

    def to_remediate(self) -> Self:
        """What is to be taken out or changed, and no reading has shown to be."""
        wanted = (ItemDecision.REVOKE, ItemDecision.MODIFY, ItemDecision.NOT_REVIEWED)
        return self.filter(decision__in=wanted, verified_at=None)


class ReviewItem(models.Model):
    """One path as it was when the population was frozen.

    ``evidence`` is canonical JSON text and never changes; ``evidence_hash`` its SHA-256. ``path_key`` finds the same
    path in another campaign, ``path_hash`` says whether it allows the same. ``decision`` repeats the latest
    :class:`ReviewDecision`. ``verified_at``: a reading made after the decision no longer showed the path, or showed it
    changed. ``reviewer_user`` or ``reviewer_team`` is to decide.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    path_kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in PathKind])
    path_key = models.CharField(max_length=64)
    path_hash = models.CharField(max_length=64)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="review_items")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="review_items")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="review_items")
    evidence = models.TextField()
    evidence_hash = models.CharField(max_length=64)
    change = models.CharField(max_length=9, choices=[(c.value, c.value) for c in Change])
    is_wildcard = models.BooleanField()
    is_unknown = models.BooleanField()
    is_expired = models.BooleanField()
    is_unapproved = models.BooleanField()
    reviewer_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewer_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewer_reason = models.CharField(max_length=200)
    decision = models.CharField(
        max_length=12, choices=[(d.value, d.value) for d in ItemDecision], default=ItemDecision.PENDING
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    task = models.ForeignKey(ChangeTask, on_delete=models.PROTECT, null=True, blank=True, related_name="review_items")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by_run = models.ForeignKey(
        CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[models.Manager["ReviewItem"]] = models.Manager.from_queryset(ReviewItemQuerySet)()

    class Meta:
        ordering = ("campaign", "position")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "position"), name="review_item_position"),
            models.UniqueConstraint(fields=("campaign", "path_key"), name="review_item_path"),
            models.CheckConstraint(
                condition=models.Q(decision="pending", decided_at=None)
                | (~models.Q(decision="pending") & models.Q(decided_at__isnull=False)),
                name="review_item_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer_team=None) | models.Q(reviewer_user=None),
                name="review_item_one_reviewer",
            ),
        )
        indexes = (
            # What is left to decide, per reviewer; the table of reviewers and the burndown.
            models.Index(
                fields=("campaign", "decision", "reviewer_team", "reviewer_user"), name="review_item_by_reviewer"
            ),
            # What a reading of an identity may verify.
            models.Index(
                fields=("identity",),
                condition=models.Q(verified_at=None, decision__in=("revoke", "modify", "not_reviewed")),
                name="review_item_to_verify",
            ),
            # What the last campaign said of a path.
            models.Index(fields=("path_key", "-campaign"), name="review_item_by_path"),
        )

    def __str__(self) -> str:
        return f"item {self.position} of {self.campaign}"

    @property
    def risk(self) -> ItemRisk:
        """What makes the item more than routine."""
        return ItemRisk(
            is_wildcard=self.is_wildcard,
            is_unknown=self.is_unknown,
            is_expired=self.is_expired,
            is_unapproved=self.is_unapproved,
        )


class ReviewDecision(models.Model):
    """One thing that somebody said of an item; it is never changed, a second thought is a second row.

    ``decided_by`` is ``None`` where the due day said that nobody did. ``role_held`` and ``signed_in_by`` are as they
    were at that moment; ``is_bulk`` says that it was one of many in one act.
    """

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=12, choices=[(d.value, d.value) for d in ItemDecision])
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField()
    role_held = models.CharField(max_length=100, blank=True)
    signed_in_by = models.CharField(max_length=40, blank=True)
    is_bulk = models.BooleanField(default=False)

    class Meta:
        ordering = ("item", "number")
        constraints = (models.UniqueConstraint(fields=("item", "number"), name="review_decision_number"),)
        indexes = (
            # How fast somebody decided just now.
            models.Index(fields=("decided_by", "-decided_at"), name="review_decision_by_person"),
        )
        triggers = (
            pgtrigger.Protect(name="review_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.decision} of {self.item}"


class Reassignment(models.Model):
    """Who handed an item on to whom, and why; ``None`` on both sides of a person is their team."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="reassignments")
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("item", "id")
        triggers = (pgtrigger.Protect(name="reassignment_append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.item} handed on"

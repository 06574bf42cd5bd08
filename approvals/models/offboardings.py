"""Offboardings: everything that a vendor has from us ends, and each end is verified."""

from typing import ClassVar, Self

from django.db import models

from approvals.models.change_tasks import ChangeTask
from approvals.models.grant_requests import GrantRequest
from approvals.models.grants import Grant
from approvals.rules.offboarding import CaseState
from inventory.models import CollectionRun, Delegation, Identity, User, Vendor


class OffboardingQuerySet(models.QuerySet["Offboarding"]):
    """Cases, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """A case speaks of every identity that a vendor can send as: it is for readers of the inventory."""
        return self if user.reads_inventory else self.none()

    def unclosed(self) -> Self:
        """Those that still need somebody."""
        return self.exclude(state=CaseState.CLOSED)


class Offboarding(models.Model):
    """One vendor that leaves. ``ends_on`` is the last day on which it may send; from then on the case is ``closing``.

    ``grants`` were cut short or revoked and ``requests`` withdrawn by the case. ``letter`` is frozen when it is closed,
    with its SHA-256; ``exceptions`` say why it was closed although something was not verified.
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="offboardings")
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in CaseState], default=CaseState.OPEN)
    reason = models.TextField()
    ends_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    exceptions = models.TextField(blank=True)
    letter = models.TextField(blank=True)
    letter_hash = models.CharField(max_length=64, blank=True)
    grants = models.ManyToManyField(Grant, related_name="offboardings", blank=True)
    requests = models.ManyToManyField(GrantRequest, related_name="offboardings", blank=True)

    objects: ClassVar[models.Manager["Offboarding"]] = models.Manager.from_queryset(OffboardingQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("vendor",), condition=~models.Q(state="closed"), name="offboarding_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                & ~models.Q(letter="")
                & ~models.Q(letter_hash="")
                | ~models.Q(state="closed") & models.Q(closed_at=None, letter="", letter_hash="", exceptions=""),
                name="offboarding_closed_with_a_letter",
            ),
        )

    def __str__(self) -> str:
        return f"offboarding of {self.vendor}"

    @property
    def is_closed(self) -> bool:
        """Whether its letter is written."""
        return self.state == CaseState.CLOSED


class OffboardingPath(models.Model):
    """One way in which the vendor can act as an identity: a live delegation, or a grant that no reading ever saw used.

    ``principal``, ``account_id`` and ``policy_name`` repeat the delegation's. ``is_late``: it appeared after the case
    was opened. ``verified_at`` is the reading, and ``verified_by_run`` its run, that saw it gone.
    """

    case = models.ForeignKey(Offboarding, on_delete=models.PROTECT, related_name="paths")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    task = models.ForeignKey(ChangeTask, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    principal = models.CharField(max_length=2048)
    account_id = models.CharField(max_length=12, blank=True)
    policy_name = models.CharField(max_length=64, blank=True)
    is_late = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by_run = models.ForeignKey(
        CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[models.Manager["OffboardingPath"]] = models.Manager()

    class Meta:
        ordering = ("identity__name", "policy_name", "principal", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "delegation"),
                condition=models.Q(delegation__isnull=False),
                name="offboarding_path_once",
            ),
            models.UniqueConstraint(
                fields=("case", "grant"), condition=models.Q(delegation=None), name="offboarding_grant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(delegation__isnull=False) | models.Q(grant__isnull=False),
                name="offboarding_path_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at=None, verified_by_run=None)
                | models.Q(verified_at__isnull=False, verified_by_run__isnull=False),
                name="offboarding_verified_by_a_run",
            ),
        )

    def __str__(self) -> str:
        return f"{self.principal} as {self.identity}"

"""Offboardings: everything that a vendor has from us ends, and each end is verified."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from approvals.models.change_tasks import ChangeTask
from approvals.models.grant_requests import GrantRequest
from approvals.models.grants import Grant
from approvals.rules.offboarding import CaseState
from inventory.models import Account, CollectionRun, Delegation, Identity, User, Vendor


class OffboardingQuerySet(models.QuerySet["Offboarding"]):
    """Cases, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """A case speaks of every identity that a vendor can send as: it is for readers of the inventory."""
        return self if user.reads_inventory else self.none()

    def unclosed(self) -> Self:
        """Those that still need somebody."""
        return self.exclude(state=CaseState.CLOSED)

    def to_follow(self, on: date) -> Self:
        """Those of which something is to be written down: the last day is over, or a path came, came back, has no task
        yet, or was read since and may be gone."""
        paths = OffboardingPath.objects.filter(case=OuterRef("pk"))
        read_at = Coalesce("identity__gone_at", "identity__last_read_at")
        read_since = paths.annotate(read_at=read_at).filter(verified_at=None, read_at__gt=F("added_at"))
        is_over, is_closing = Q(state=CaseState.OPEN, ends_on__lt=on), Q(state=CaseState.CLOSING)
        return self.unclosed().filter(
            is_over
            | Exists(_unjoined())
            | Exists(paths.filter(verified_at__isnull=False, delegation__is_live=True))
            | Exists(read_since.filter(delegation__is_live=False))
            | is_closing & Exists(read_since.filter(delegation=None))
            | is_closing & Exists(paths.filter(task=None, verified_at=None))
        )


def _unjoined() -> models.QuerySet[Delegation]:
    """The live paths of a case's vendor that the case does not have."""
    accounts = Account.objects.filter(vendor=OuterRef(OuterRef("vendor"))).order_by().values("account_id")
    joined = OffboardingPath.objects.filter(case=OuterRef(OuterRef("pk")), delegation=OuterRef("pk"))
    return Delegation.objects.live().outside().filter(~Exists(joined), account_id__in=accounts)


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

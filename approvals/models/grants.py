"""Grants: what people have approved, from a day to a day."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from approvals.models.grant_requests import RequestLine
from approvals.rules.calendar import RENEWAL_OVERDUE_DAYS, standing
from approvals.rules.states import Decision, LineState, Observation, RequestState, Standing
from inventory.models import CollectionRun, Identity, User, Vendor
from inventory.policy.grants.terms import GrantTerms

CHANGED = (
    ~models.Q(matched_decision=models.F("decision"))
    | models.Q(matched_ends_on=None)
    | ~models.Q(matched_ends_on=models.F("effective_ends_on"))
)


class Access(models.Model):
    """What grants may have in common: who may do what as whom, whatever the dates and reasons."""

    access_hash = models.CharField(max_length=64, unique=True)

    objects: ClassVar[models.Manager["Access"]] = models.Manager()

    def __str__(self) -> str:
        return self.access_hash


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants in the words of those who decide, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """All for readers of the inventory, else those on identities that one may see."""
        if user.reads_inventory:
            return self
        return self.filter(identity__in=Identity.objects.visible_to(user))

    def in_force(self, on: date) -> Self:
        """Those under which somebody may send on that day."""
        begun = self.filter(starts_on__lte=on, effective_ends_on__gte=on)
        return begun.filter(decision__in=(Decision.APPROVED, Decision.BREAK_GLASS, Decision.SUPERSEDED))

    def ahead(self, on: date) -> Self:
        """Those that begin after that day."""
        waiting = self.filter(starts_on__gt=on, effective_ends_on__gte=on)
        return waiting.exclude(decision__in=(Decision.REVOKED, Decision.SUSPENDED))

    def standing_as(self, standing: Standing, on: date) -> Self:
        """Those of which :meth:`Grant.standing` says so on that day."""
        if standing is Standing.ACTIVE:
            return self.in_force(on)
        if standing is Standing.AHEAD:
            return self.ahead(on)
        if standing is Standing.REVOKED:
            return self.filter(decision=Decision.REVOKED)
        if standing is Standing.SUSPENDED:
            return self.filter(decision=Decision.SUSPENDED, effective_ends_on__gte=on)
        ended = self.filter(effective_ends_on__lt=on).exclude(decision=Decision.REVOKED)
        followed = models.Q(decision=Decision.SUPERSEDED)
        return ended.filter(followed if standing is Standing.SUPERSEDED else ~followed)

    def ending(self, on: date, days: int) -> Self:
        """Those in force whose access ends within so many days, and that nothing follows."""
        last = on + timedelta(days=days)
        return self.in_force(on).filter(effective_ends_on__lte=last).exclude(decision=Decision.SUPERSEDED)

    def running_out(self, first: date, last: date) -> Self:
        """Those whose access ends by the calendar on one of these days, and that nothing follows."""
        rows = self.filter(effective_ends_on__range=(first, last))
        return rows.exclude(decision__in=(Decision.REVOKED, Decision.SUPERSEDED))

    def still_present(self, on: date) -> Self:
        """Those that ended or are suspended, and whose access the last reading still found."""
        ended = self.over(on) | self.filter(decision=Decision.SUSPENDED)
        return ended.filter(observation=Observation.STILL_PRESENT)

    def to_confirm(self) -> Self:
        """Those that one person of security gave alone, and of which nobody has said yet what becomes of them."""
        return self.filter(confirm_by__isnull=False, confirmed_at=None, unconfirmed_at=None)

    def unconfirmed(self) -> Self:
        """Those that one person of security gave alone and that two people did not agree to in time."""
        return self.filter(unconfirmed_at__isnull=False)

    def renewal_overdue(self, on: date) -> Self:
        """Those that end within 14 days without a word on what comes then; a short term has no such time."""
        lines = RequestLine.objects.filter(predecessor=models.OuterRef("pk"), state=LineState.OPEN)
        asked = lines.filter(request__state__in=(RequestState.PENDING, RequestState.CHANGES_REQUESTED))
        ends = self.ending(on, RENEWAL_OVERDUE_DAYS).filter(will_not_renew_at=None, confirm_by=None)
        long_enough = models.F("ends_on") - timedelta(days=2 * RENEWAL_OVERDUE_DAYS - 1)
        return ends.filter(models.Q(starts_on__lte=long_enough), ~models.Exists(asked))

    def changed(self) -> Self:
        """Those on which people have decided since their access was last matched."""
        return self.filter(CHANGED)

    def over(self, on: date) -> Self:
        """Those whose access must be gone on that day, for good."""
        return self.filter(models.Q(decision=Decision.REVOKED) | models.Q(effective_ends_on__lt=on))


class Grant(models.Model):
    """One approved line. ``decision`` is written by people alone, ``observation`` by the collector alone.

    ``ends_on`` is the approved last valid day and never changes; ``effective_ends_on`` is earlier where a successor
    took over or the grant was revoked or cut short. ``confirm_by`` is set on what one person of security granted at
    once: by then two people have agreed (``confirmed_at``) or the access is over (``unconfirmed_at``). ``terms`` as
    :meth:`GrantTerms.to_json` writes them, with the approved end; ``account_ids`` are all accounts that they let in.

    What matching remembers: the decision and the end that it saw (``matched_…``); ``rematch_at``, when the calendar
    changes what it says; ``reread_after``, set where only a reading of the identity after that instant can tell more;
    and ``is_renewal_overdue``, whether a finding says so.
    """

    line = models.OneToOneField(RequestLine, on_delete=models.PROTECT, related_name="grant")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="grants")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    access = models.ForeignKey(Access, on_delete=models.PROTECT, related_name="grants")
    terms = models.JSONField()
    account_ids = ArrayField(models.CharField(max_length=12), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    effective_ends_on = models.DateField()
    decision = models.CharField(
        max_length=11, choices=[(d.value, d.value) for d in Decision], default=Decision.APPROVED
    )
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    decided_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspension_reason = models.TextField(blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unconfirmed_at = models.DateTimeField(null=True, blank=True)
    will_not_renew_at = models.DateTimeField(null=True, blank=True)
    observation = models.CharField(
        max_length=13, choices=[(o.value, o.value) for o in Observation], default=Observation.NOT_OBSERVED
    )
    observed_at = models.DateTimeField(null=True, blank=True)
    observed_by_run = models.ForeignKey(
        CollectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    matched_decision = models.CharField(max_length=11, blank=True)
    matched_ends_on = models.DateField(null=True, blank=True)
    rematch_at = models.DateTimeField(null=True, blank=True)
    reread_after = models.DateTimeField(null=True, blank=True)
    is_renewal_overdue = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Grant"]] = models.Manager.from_queryset(GrantQuerySet)()

    class Meta:
        ordering = ("effective_ends_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(starts_on__lte=models.F("ends_on"), effective_ends_on__lte=models.F("ends_on")),
                name="grant_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="revoked", revoked_at__isnull=False)
                | (~models.Q(decision="revoked") & models.Q(revoked_at=None)),
                name="grant_revoked_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="break_glass")
                | models.Q(confirm_by__isnull=False, confirmed_at=None, unconfirmed_at=None),
                name="grant_break_glass_waits",
            ),
            # No two live grants of the same access on the same day; int8range needs no extension.
            ExclusionConstraint(
                name="grant_access_once_a_day",
                expressions=[
                    (
                        models.Func(models.F("access"), models.F("access"), models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("effective_ends_on"),
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                # One that its successor overtook before it began has no day.
                condition=~models.Q(decision="revoked") & models.Q(effective_ends_on__gte=models.F("starts_on")),
            ),
        )
        indexes = (
            # Grants that end soon, and those that are over.
            models.Index(fields=("effective_ends_on",), name="grant_by_end"),
            # What an account, or a vendor's accounts, were granted.
            GinIndex(fields=("account_ids",), name="grant_by_account"),
            # What the tick ends: broken glass that nobody confirmed, suspensions that nobody took back.
            models.Index(
                fields=("confirm_by",),
                condition=models.Q(confirm_by__isnull=False, confirmed_at=None, unconfirmed_at=None),
                name="grant_to_confirm",
            ),
            models.Index(fields=("suspended_at",), condition=models.Q(decision="suspended"), name="grant_suspended"),
            # What is to be matched again, asked at each tick: people decided, the calendar turned, a reading came.
            models.Index(fields=("identity",), condition=CHANGED, name="grant_changed"),
            models.Index(fields=("rematch_at",), condition=models.Q(rematch_at__isnull=False), name="grant_to_rematch"),
            models.Index(fields=("identity",), condition=models.Q(reread_after__isnull=False), name="grant_to_be_read"),
            models.Index(
                fields=("effective_ends_on",), condition=models.Q(is_renewal_overdue=True), name="grant_renewal_overdue"
            ),
        )

    def __str__(self) -> str:
        return f"grant {self.pk}"

    @property
    def is_to_confirm(self) -> bool:
        """Whether one person gave it alone, and nobody has said yet what becomes of it."""
        return self.confirm_by is not None and self.confirmed_at is None and self.unconfirmed_at is None

    @property
    def grant_terms(self) -> GrantTerms:
        """The terms as the policy engine takes them."""
        return GrantTerms.from_json(self.terms)

    def standing(self, on: date) -> Standing:
        """What the grant is worth on a day."""
        return standing(Decision(self.decision), starts_on=self.starts_on, ends_on=self.effective_ends_on, on=on)

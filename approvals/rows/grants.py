"""Grants as lists show them."""

from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from approvals.models import ApprovalSlot, Grant
from approvals.models.grants import GrantQuerySet
from approvals.rules.states import Decision, Observation
from inventory.models import Account, Scope, User

_RELATED = ("identity__scope__account", "identity__owner_team", "identity__owner_user", "vendor", "observed_by_run")


def grants(user: User) -> QuerySet[Grant]:
    """The grants that the person may see: what ends next first, what is over last, the latest of it first."""
    is_over = Q(decision=Decision.REVOKED) | Q(effective_ends_on__lt=timezone.localdate())
    rows = with_approvals(Grant.objects.visible_to(user)).annotate(
        is_over=Case(When(is_over, then=Value(True)), default=Value(False), output_field=BooleanField()),
        ends_next=Case(When(is_over, then=None), default=F("effective_ends_on")),
    )
    return rows.order_by("is_over", "ends_next", F("effective_ends_on").desc(), "id")


def with_approvals(rows: GrantQuerySet) -> GrantQuerySet:
    """With all that a row shows, of the slots those that count: two queries for any number of rows."""
    said = ApprovalSlot.objects.filter(submission=F("line__request__submissions")).exclude(verdict="")
    said = said.select_related("decided_by").order_by("decided_at", "pk")
    return rows.select_related(*_RELATED, "line").prefetch_related(Prefetch("line__slots", queryset=said))


def of_vendor(rows: GrantQuerySet, vendor_id: int) -> GrantQuerySet:
    """Those that a vendor was named for, or that let one of its accounts in."""
    own = list(Account.objects.filter(vendor=vendor_id).values_list("account_id", flat=True))
    return rows.filter(Q(vendor=vendor_id) | Q(account_ids__overlap=own))


def shown_as(rows: GrantQuerySet, observation: Observation, at: datetime) -> GrantQuerySet:
    """Those of which pages say so: what calms is unknown where nobody could look lately, see ``observation_of``."""
    unseen = Q(identity__scope__in=Scope.objects.unread(at).order_by().values("pk")) | Q(
        identity__scope__is_expected=False
    )
    calming = (Observation.MATCH, Observation.NOT_OBSERVED)
    if observation is Observation.UNKNOWN:
        return rows.filter(Q(observation=observation) | Q(unseen, observation__in=calming))
    found = rows.filter(observation=observation)
    return found.exclude(unseen) if observation in calming else found


def numbers(rows: GrantQuerySet, at: datetime) -> dict[str, int]:
    """How many are in force, end within 30 days, ended but are still there, and are wider than approved."""
    on = timezone.localdate(at)
    soon = on + timedelta(days=30)
    in_force = Q(starts_on__lte=on, effective_ends_on__gte=on) & Q(
        decision__in=(Decision.APPROVED, Decision.BREAK_GLASS, Decision.SUPERSEDED)
    )
    over = Q(decision__in=(Decision.REVOKED, Decision.SUSPENDED)) | Q(effective_ends_on__lt=on)
    return rows.order_by().aggregate(
        all=Count("pk"),
        live=Count("pk", filter=in_force),
        soon=Count("pk", filter=in_force & Q(effective_ends_on__lte=soon) & ~Q(decision=Decision.SUPERSEDED)),
        present=Count("pk", filter=over & Q(observation=Observation.STILL_PRESENT)),
        wider=Count("pk", filter=Q(observation=Observation.WIDER)),
    )

"""What is to be matched: identities that were judged anew, and those with a grant of which more can be said now."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from approvals.models import Grant
from approvals.rules.grant_findings import MATCHED_RULES
from approvals.rules.states import Observation
from inventory.models import Finding, Identity, Scope, ScopeRun
from inventory.models.scopes import STALE_AFTER

_AT_ONCE = 5000


def is_unread(at: datetime) -> models.Q:
    """Live identities that the last look at their place could not read, or that nobody read in 48 hours."""
    looks = ScopeRun.objects.filter(scope=models.OuterRef("scope"), state=ScopeRun.State.DONE)
    last_look = looks.order_by("-finished_at").values("run__created_at")[:1]
    too_old = models.Q(last_read_at__lt=at - STALE_AFTER) | models.Q(last_read_at__lt=models.Subquery(last_look))
    return models.Q(gone_at=None) & too_old


def is_matching_due(*, at: datetime) -> bool:
    """Whether anything is to be matched: one query."""
    return bool(_due(at, 1))


def due_identities(*, at: datetime, limit: int) -> Mapping[int, datetime | None]:
    """Their ids with the instant at which they were matched last: two queries."""
    ids = _due(at, limit)
    return dict(Identity.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "matched_at"))


def _due(at: datetime, limit: int) -> list[int]:
    """The ids of identities, by indexes that are empty where nothing is due."""
    on = timezone.localdate(at)
    grants = Grant.objects.order_by()
    overdue = grants.renewal_overdue(on).order_by()
    no_longer_seen = Identity.objects.filter(is_unread(at), scope__in=_unread_scopes(at)).order_by().values("pk")
    sources = (
        grants.changed(),
        grants.filter(rematch_at__lte=at),
        grants.filter(reread_after__lt=models.F("identity__last_read_at")),
        grants.exclude(observation__in=(Observation.UNKNOWN, Observation.REMOVED)).filter(identity__in=no_longer_seen),
        overdue.filter(is_renewal_overdue=False, identity__gone_at=None),
        grants.filter(is_renewal_overdue=True).exclude(pk__in=overdue.values("pk")),
    )
    judged = Identity.objects.filter(is_matching_due=True).order_by().values_list("pk", flat=True)
    return list(judged.union(*(each.values_list("identity_id", flat=True) for each in sources)).order_by("pk")[:limit])


def _unread_scopes(at: datetime) -> "models.QuerySet[Scope]":
    unread = Scope.objects.unread(at).order_by().values("pk")
    return Scope.objects.filter(models.Q(pk__in=unread) | models.Q(is_expected=False)).order_by()


@transaction.atomic
def settle_bare(*, at: datetime) -> int:
    """Identities that let nobody in, were granted to nobody and have no such finding need no look: three statements.

    Rows that somebody else holds are left for the next time.
    """
    due = Identity.objects.filter(is_matching_due=True, delegate_count=0)
    findings = Finding.objects.open().filter(identity=models.OuterRef("pk"), rule_id__in=MATCHED_RULES)
    bare = due.filter(~models.Exists(Grant.objects.filter(identity=models.OuterRef("pk"))), ~models.Exists(findings))
    held = bare.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    ids = list(held.values_list("pk", flat=True)[:_AT_ONCE])
    if ids:
        Identity.objects.filter(pk__in=ids).update(
            is_matching_due=False,
            matching_run=None,
            matched_at=at,
            first_matched_at=Coalesce("first_matched_at", models.Value(at, models.DateTimeField())),
        )
    return len(ids)

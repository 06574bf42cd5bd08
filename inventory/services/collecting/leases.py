"""Leases: which worker reads which scope, and until when."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction

from inventory.models import ScopeRun
from inventory.services.collecting.collection_limits import CollectionLimits


class LostLeaseError(Exception):
    """The lease ended and the scope is another worker's, or done: nothing may be written for it."""


@transaction.atomic
def lease_scopes(limits: CollectionLimits, *, at: datetime, run_id: int | None = None) -> list[ScopeRun]:
    """Take up scopes that are due, oldest first; each gets a fence that older holders do not have."""
    due = ScopeRun.objects.due(at).order_by("due_at", "pk")
    if run_id is not None:
        due = due.filter(run_id=run_id)
    taken = list(
        due.select_for_update(skip_locked=True, of=("self",)).select_related(
            "run", "scope__account__organization", "scope__account__owner_team"
        )[: limits.scopes_per_slice]
    )
    for job in taken:
        job.state = ScopeRun.State.LEASED
        job.fence += 1
        job.attempts += 1
        job.leased_until = at + limits.lease
        job.started_at = job.started_at or at
    ScopeRun.objects.bulk_update(taken, ["state", "fence", "attempts", "leased_until", "started_at"])
    return taken


def hold(job_id: int, fence: int) -> ScopeRun:
    """Lock the job for the running transaction, if it is still the holder's; raises :class:`LostLeaseError`."""
    held = (
        ScopeRun.objects.select_for_update()
        .filter(pk=job_id, fence=fence, state=ScopeRun.State.LEASED)
        .order_by("pk")
        .first()
    )
    if held is None:
        raise LostLeaseError(job_id)
    return held


@transaction.atomic
def give_back(held: Sequence[tuple[int, int, datetime]]) -> None:
    """Return leases as (job, fence, due at) before their time; those that were lost are left alone."""
    for job_id, fence, due_at in held:
        ScopeRun.objects.filter(pk=job_id, fence=fence, state=ScopeRun.State.LEASED).update(
            state=ScopeRun.State.DUE, leased_until=None, due_at=due_at
        )


def free_stale_leases(*, at: datetime) -> int:
    """Show as waiting what a worker that died has left behind."""
    stale = models.Q(state=ScopeRun.State.LEASED, leased_until__lt=at)
    return ScopeRun.objects.filter(stale).update(
        state=ScopeRun.State.DUE, leased_until=None, fence=models.F("fence") + 1
    )

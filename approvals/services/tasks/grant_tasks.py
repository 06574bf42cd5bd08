"""What a decision on a grant asks for in AWS, and what the calendar does."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from approvals.models import ChangeTask, Grant
from approvals.rules.change_tasks import ADD_END_WITHIN, TIDY_WITHIN, TaskKind, TaskState, apply_due_on
from approvals.rules.states import Decision, Observation, Standing
from approvals.services.readings import run_that_read
from approvals.services.tasks.change_packs import situation_of
from approvals.services.tasks.change_tasks import open_task, settle_tasks
from approvals.services.tasks.task_notices import tell_overdue, untold_overdue
from inventory.models import Identity, User
from inventory.services.each import do_each

_REACH_BACK = timedelta(days=400)
_AT_ONCE = 50
_LIVE = (Standing.ACTIVE, Standing.AHEAD)


def follow_grant(grant: Grant, *, reason: str, acting_user: User | None, at: datetime) -> ChangeTask:
    """Open the task that brings AWS to what was decided on a grant, and drop the one that no longer does.

    Call it in the transaction of the decision, with the grant locked or new.
    """
    on = timezone.localdate(at)
    kind = TaskKind.APPLY if grant.standing(on) in _LIVE else TaskKind.REMOVE
    return open_task(
        identity=grant.identity,
        kind=kind,
        reason=reason,
        due_on=_due_on(grant, kind, on, at),
        at=at,
        acting_user=acting_user,
        grant=grant,
        is_urgent=grant.decision in (Decision.BREAK_GLASS, Decision.SUSPENDED),
    )


def _due_on(grant: Grant, kind: TaskKind, on: date, at: datetime) -> date:
    if kind is TaskKind.APPLY:
        if grant.decision == Decision.BREAK_GLASS:
            return on
        is_there = grant.observation == Observation.MATCH or grant.line.request.kind == "adopt"
        return on + ADD_END_WITHIN if is_there else apply_due_on(starts_on=grant.starts_on, on=on)
    if grant.decision in (Decision.REVOKED, Decision.SUSPENDED):
        return on
    probe = ChangeTask(identity=grant.identity, grant=grant, kind=kind)
    return on + TIDY_WITHIN if situation_of(probe, at=at).is_done else grant.effective_ends_on + timedelta(days=1)


def settle_read_tasks(*, at: datetime) -> int:
    """Compare the tasks whose identity was read since with what was read; how many are verified."""
    identities = ChangeTask.objects.to_compare().order_by().values_list("identity", flat=True).distinct()[:_AT_ONCE]
    return sum(do_each(lambda identity_id: _settle_identity(identity_id, at=at), list(identities)))


@transaction.atomic
def _settle_identity(identity_id: int, *, at: datetime) -> int:
    rows = Identity.objects.select_for_update(of=("self",), no_key=True)
    identity = rows.get(pk=identity_id)
    return settle_tasks(identity, run=run_that_read(identity), at=at)


def open_due_tasks(*, at: datetime) -> int:
    """Open the removal of each grant that the calendar ended; how many."""
    ended = list(_ended(timezone.localdate(at)).values_list("pk", flat=True)[:_AT_ONCE])
    return sum(do_each(lambda grant_id: _open_removal(grant_id, at=at), ended))


def tell_of_overdue(*, at: datetime) -> None:
    """Tell of the tasks whose day has passed, each once."""
    untold = list(untold_overdue(timezone.localdate(at))[:_AT_ONCE])
    do_each(lambda task: tell_overdue(task, at=at), untold)


def _ended(on: date) -> QuerySet[Grant]:
    """Grants that ended by their day, newly enough to be ours to look after, without a task to remove them."""
    tasks = ChangeTask.objects.filter(grant=OuterRef("pk"), kind=TaskKind.REMOVE).exclude(state=TaskState.CANCELLED)
    since = tasks.filter(opened_at__date__gte=OuterRef("effective_ends_on"))
    ended = Grant.objects.filter(effective_ends_on__lt=on, effective_ends_on__gte=on - _REACH_BACK)
    begun = ended.filter(effective_ends_on__gte=F("starts_on")).exclude(decision=Decision.REVOKED)
    return begun.exclude(Exists(since)).order_by("effective_ends_on", "pk")


@transaction.atomic
def _open_removal(grant_id: int, *, at: datetime) -> bool:
    rows = Grant.objects.select_for_update(of=("self",)).select_related("identity__scope__account", "line__request")
    grant = rows.get(pk=grant_id)
    if not _ended(timezone.localdate(at)).filter(pk=grant_id).exists():
        return False
    follow_grant(grant, reason=f"The access ended on {grant.effective_ends_on:%-d %b %Y}.", acting_user=None, at=at)
    return True

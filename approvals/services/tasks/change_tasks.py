"""Change tasks: opened, hastened, ended. What people say of one is in ``task_claims``; a reading alone verifies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from approvals.models import ChangeTask, Grant
from approvals.rules.change_tasks import UNDONE, TaskKind, TaskState
from approvals.services.tasks.change_packs import Situation, situation_of, versions_of
from approvals.services.tasks.task_notices import tell_not_seen, tell_opened
from inventory.models import CollectionRun, Identity, Team, User
from inventory.policy.words.conditions import shown_instant
from inventory.services.audit import record


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What makes two open tasks the same one."""

    identity: Identity
    kind: TaskKind
    grant: Grant | None
    policy_name: str
    principals: tuple[str, ...]

    @property
    def key(self) -> dict[str, object]:
        if self.grant is not None:
            return {"grant": self.grant, "kind": self.kind}
        return {
            "identity": self.identity,
            "grant": None,
            "kind": self.kind,
            "policy_name": self.policy_name,
            "principals_hash": sha256("\n".join(self.principals).encode()).hexdigest(),
        }


@transaction.atomic
def open_task(  # noqa: PLR0913 -- what a task is, and who opens it when
    *,
    identity: Identity,
    kind: TaskKind,
    reason: str,
    due_on: date,
    at: datetime,
    acting_user: User | None,
    grant: Grant | None = None,
    policy_name: str = "",
    principals: Sequence[str] = (),
    is_urgent: bool = False,
) -> ChangeTask:
    """The open task for this change: a new one, or the one that is there, made earlier and more urgent if asked.

    ``apply`` writes the statement of a grant; ``remove`` takes out what lets the grant's principals or ``principals``
    in, or all of ``policy_name`` where nobody is named. An open task of the other kind for the same grant is cancelled.
    """
    wanted = _Wanted(identity, kind, grant, policy_name, tuple(sorted(set(principals))))
    if grant is not None:
        other = TaskKind.REMOVE if kind is TaskKind.APPLY else TaskKind.APPLY
        cancel_task_of(grant, other, why=reason, acting_user=acting_user, at=at)
    task, is_new = ChangeTask.objects.get_or_create(
        **wanted.key,
        state__in=UNDONE,
        defaults={
            "identity": identity,
            "policy_name": policy_name,
            "principals": list(wanted.principals),
            "reason": reason,
            "due_on": due_on,
            "is_urgent": is_urgent,
            "made_against": {name: row.raw_hash for name, row in versions_of(identity).items()},
            "state": TaskState.OPEN,
            "assigned_team": operating_team(identity),
            "opened_by": acting_user,
            "opened_at": at,
        },
    )
    if is_new:
        record(at=at, actor=acting_user, action="task.opened", target=task, data=_said(task))
        if not situation_of(task, at=at).is_done:
            tell_opened(task, at=at)
        return task
    return _hastened(task, due_on=due_on, reason=reason, is_urgent=is_urgent, acting_user=acting_user, at=at)


def operating_team(identity: Identity) -> Team | None:
    """Who operates the account: its owner's team; ``None`` is security."""
    team = identity.scope.account.owner_team
    return team if team is not None and team.is_active else None


def cancel_task_of(grant: Grant, kind: TaskKind, *, why: str, acting_user: User | None, at: datetime) -> int:
    """Drop the open task of a grant, since what it asked for is no longer wanted; how many there were."""
    tasks = list(ChangeTask.objects.undone().select_for_update(of=("self",)).filter(grant=grant, kind=kind))
    for task in tasks:
        end_task(task, TaskState.CANCELLED, f"No longer wanted: {why}", acting_user=acting_user, at=at)
    return len(tasks)


def locked_task(task_id: int) -> ChangeTask:
    """The task, for this transaction alone."""
    rows = ChangeTask.objects.select_for_update(of=("self",))
    return rows.select_related("taken_by", "said_by", "assigned_team", "grant", "identity__scope__account").get(
        pk=task_id
    )


def _hastened(
    task: ChangeTask, *, due_on: date, reason: str, is_urgent: bool, acting_user: User | None, at: datetime
) -> ChangeTask:
    locked = locked_task(task.pk)
    if due_on >= locked.due_on and (locked.is_urgent or not is_urgent):
        return locked
    locked.due_on, locked.is_urgent = min(due_on, locked.due_on), locked.is_urgent or is_urgent
    locked.reason = reason
    locked.save(update_fields=["due_on", "is_urgent", "reason"])
    if is_urgent:
        tell_opened(locked, at=at)
    record(at=at, actor=acting_user, action="task.hastened", target=locked, data=_said(locked))
    return locked


def end_task(task: ChangeTask, state: TaskState, outcome: str, *, acting_user: User | None, at: datetime) -> None:
    """Close a locked task and say how."""
    task.state, task.outcome, task.ended_at = state, outcome, at
    task.save(update_fields=["state", "outcome", "ended_at", "verified_by_run", "compared_at"])
    data = {"outcome": outcome, "run": task.verified_by_run_id}
    record(at=at, actor=acting_user, action=f"task.{state}", target=task, data=data)


def settle_tasks(identity: Identity, *, run: CollectionRun | None, at: datetime) -> int:
    """Verify the tasks of an identity that a reading made since they were opened shows to be done; how many.

    Call it with the identity locked, after what was read is stored. Where somebody said that a task is applied and a
    later reading does not show it, the task is open again.
    """
    rows = ChangeTask.objects.to_compare().filter(identity=identity).order_by("pk")
    tasks = list(rows.select_for_update(of=("self",)).select_related("grant", "identity__scope__account__organization"))
    return sum(_settle(task, run=run, at=at) for task in tasks)


def _settle(task: ChangeTask, *, run: CollectionRun | None, at: datetime) -> bool:
    if task.identity.gone_at is not None:
        state = TaskState.VERIFIED if task.kind == TaskKind.REMOVE else TaskState.CANCELLED
        end_task(task, state, f"{task.identity} no longer exists in SES.", acting_user=None, at=at)
        return True
    situation = situation_of(task, at=at)
    task.compared_at = task.identity.last_read_at
    if situation.is_done:
        task.verified_by_run = run
        end_task(task, TaskState.VERIFIED, _seen(task, situation), acting_user=None, at=at)
        return True
    if task.state == TaskState.SAID_APPLIED and task.said_at is not None and task.said_at < task.identity.last_read_at:
        task.state = TaskState.OPEN
        data = {"said_by": task.said_by.email if task.said_by else "", "read_at": task.identity.last_read_at}
        record(at=at, actor=None, action="task.not_seen", target=task, data=data)
        tell_not_seen(task, at=at)
    task.save(update_fields=["state", "compared_at"])
    return False


def _seen(task: ChangeTask, situation: Situation) -> str:
    read = shown_instant(task.identity.last_read_at)
    if task.kind == TaskKind.APPLY:
        return f"The reading of {read} shows the access as it was approved."
    left = situation.pack()
    if left.is_empty:
        return f"The reading of {read} shows that nobody is let in any more whom this is about."
    names = ", ".join(sorted([*left.writes, *left.deletes]))
    return f"AWS itself ended the access: the reading of {read} shows it. A dead statement is left in policy {names}."


def _said(task: ChangeTask) -> dict[str, object]:
    return {
        "identity": task.identity.arn,
        "grant": task.grant_id,
        "kind": task.kind,
        "policy_name": task.policy_name,
        "principals": task.principals,
        "reason": task.reason,
        "due_on": task.due_on,
        "is_urgent": task.is_urgent,
        "made_against": task.made_against,
        "team": str(task.assigned_team or "security"),
    }

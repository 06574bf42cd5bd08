"""What people say of a change task: "I am on it", "it is applied", "nobody should do it". None of it verifies."""

from datetime import datetime

from django.db import transaction

from approvals.models import ChangeTask
from approvals.rules.change_tasks import TaskState
from approvals.services.tasks.change_tasks import end_task, locked_task
from inventory.models import Role, User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text


@transaction.atomic
def take_task(task_id: int, *, acting_user: User, at: datetime) -> ChangeTask:
    """ "I am on it": others see who is at work. Taking it from somebody else is a second person's deliberate step."""
    task = locked_task(task_id)
    check_may_act(task, acting_user)
    if task.taken_by_id == acting_user.pk:
        return task
    before = task.taken_by.email if task.taken_by else ""
    task.taken_by, task.taken_at = acting_user, at
    task.save(update_fields=["taken_by", "taken_at"])
    record(at=at, actor=acting_user, action="task.taken", target=task, data={"before": before})
    return task


@transaction.atomic
def say_applied(task_id: int, *, comment: str = "", acting_user: User, at: datetime) -> ChangeTask:
    """A person's word that it is in AWS. Nothing is verified by it: the next reading of the identity does that."""
    task = locked_task(task_id)
    check_may_act(task, acting_user)
    check_text("comment", comment, 2000)
    if task.state == TaskState.SAID_APPLIED:
        raise ConflictError(f"{task.said_by} said so already. The next reading of the identity verifies it.")
    task.state, task.said_by, task.said_at = TaskState.SAID_APPLIED, acting_user, at
    task.save(update_fields=["state", "said_by", "said_at"])
    record(at=at, actor=acting_user, action="task.said_applied", target=task, data={"comment": comment.strip()})
    return task


@transaction.atomic
def cancel_task(task_id: int, *, reason: str, acting_user: User, at: datetime) -> ChangeTask:
    """Security drops a task that nobody should do."""
    task = locked_task(task_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team cancels a task.")
    _check_open(task)
    check_text("reason", reason, 2000)
    if not reason.strip():
        raise RefusedError("reason", "Say why.")
    end_task(task, TaskState.CANCELLED, reason.strip(), acting_user=acting_user, at=at)
    return task


def check_may_act(task: ChangeTask, user: User) -> None:
    """Refuse who is neither of the operating team nor of security, and what is over."""
    if not task.may_be_done_by(user):
        raise RefusedError("person", "Only the team that operates the account, or security, does this.")
    _check_open(task)


def _check_open(task: ChangeTask) -> None:
    if task.is_over:
        raise ConflictError(f"The task is {task.state} already: {task.outcome}")

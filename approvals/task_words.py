"""The words that pages say for how a change task stands."""

from datetime import date

from approvals.models import ChangeTask
from approvals.rules.change_tasks import TaskState
from inventory.words import Word

TASK_STATE = {
    TaskState.OPEN: Word("To do", "Nobody has said that it is applied."),
    TaskState.SAID_APPLIED: Word("Said applied", "Somebody says so; the next reading verifies it.", "unknown"),
    TaskState.VERIFIED: Word("Verified", "A reading of the identity showed it done.", "good"),
    TaskState.CANCELLED: Word("Cancelled", "It is no longer wanted."),
}
OVERDUE = Word("Overdue", "Its day has passed and no reading has shown it done.", "bad")


def state_word(task: ChangeTask, on: date) -> Word:
    """How a task stands on a day."""
    if task.state == TaskState.OPEN and task.is_overdue(on):
        return OVERDUE
    return TASK_STATE[TaskState(task.state)]

"""Change tasks: what somebody has to write into or take out of AWS, and by when."""

from datetime import date, timedelta
from enum import StrEnum


class TaskKind(StrEnum):
    """``apply`` writes or replaces the statement of a grant, ``remove`` takes out what lets somebody in."""

    APPLY = "apply"
    REMOVE = "remove"


class TaskState(StrEnum):
    """``said_applied`` is a person's word; only a reading makes it ``verified``."""

    OPEN = "open"
    SAID_APPLIED = "said_applied"
    VERIFIED = "verified"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self in (TaskState.VERIFIED, TaskState.CANCELLED)


UNDONE = (TaskState.OPEN, TaskState.SAID_APPLIED)
APPLY_WITHIN = timedelta(days=7)
ADD_END_WITHIN = timedelta(days=14)
TIDY_WITHIN = timedelta(days=30)


def apply_due_on(*, starts_on: date, on: date) -> date:
    """The day by which a grant has to be in AWS: before it begins where that is ahead, else within a week."""
    return max(on, starts_on - timedelta(days=1)) if starts_on > on else on + APPLY_WITHIN

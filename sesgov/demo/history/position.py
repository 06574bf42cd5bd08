"""How far the history has been filled in: one row for each step that was begun, so that a second start goes on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from inventory.models import CollectionRun, ScheduledJob
from sesgov.demo.history.script import FIRST_DAY
from sesgov.demo.history.steps import Step, steps

JOB = "demo history"


@dataclass(frozen=True, slots=True)
class Position:
    """``today`` is day 0 of the history, the day on which it was begun; ``left`` are the steps still to be made."""

    today: date
    left: tuple[Step, ...]

    @classmethod
    def read(cls, today: date) -> Self:
        """From the rows; ``today`` counts where there is none. An estate that was collected already has no history."""
        begun = ScheduledJob.objects.filter(job=JOB).order_by("due_at")
        first = begun.first()
        if first is None:
            return cls(today, () if CollectionRun.objects.exists() else tuple(steps(today)))
        began_on = first.due_at.date() + timedelta(days=FIRST_DAY)
        made = set(begun.exclude(finished_at=None).values_list("due_at", flat=True))
        return cls(began_on, tuple(step for step in steps(began_on) if step.at not in made))

    @property
    def is_filled(self) -> bool:
        """Whether nothing is left."""
        return not self.left

    @property
    def days_done(self) -> int:
        """How many of the ninety days are there."""
        return FIRST_DAY - self.left[0].day if self.left else FIRST_DAY


def begin(step: Step, *, at: datetime) -> None:
    """Note that the step is being made; twice is once."""
    ScheduledJob.objects.get_or_create(job=JOB, due_at=step.at, defaults={"started_at": at})


def end(step: Step, *, at: datetime) -> None:
    """Note that it was made."""
    ScheduledJob.objects.filter(job=JOB, due_at=step.at).update(finished_at=at)

"""Pace: how fast somebody decides, and when that is faster than anybody reads. It blocks nothing and is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

KEPT_IN_A_MINUTE = 20
_MINUTE = timedelta(seconds=60)
_SITTING = timedelta(minutes=10)
_FEWEST, _KEPT_PERCENT, _READING_TIME = 10, 95, timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One decision of one person, made by itself; what was kept in bulk is no sign of haste, and left out."""

    at: datetime
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """``most_kept`` is the largest number kept within any 60 seconds; ``median`` lies between one decision and the
    next, ``None`` for fewer than two."""

    number: int
    kept: int
    most_kept: int
    median: timedelta | None

    @property
    def is_hasty(self) -> bool:
        """More than 20 kept in a minute; or at least 10 decided, over 95 % of them kept, half within 3 seconds."""
        if self.most_kept > KEPT_IN_A_MINUTE:
            return True
        is_blind = self.number >= _FEWEST and self.kept * 100 > self.number * _KEPT_PERCENT
        return is_blind and self.median is not None and self.median < _READING_TIME


def pace_of(spoken: Sequence[Spoken]) -> Pace:
    """The pace of one person's decisions, in any order."""
    times = sorted(each.at for each in spoken)
    kept = sorted(each.at for each in spoken if each.is_kept)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return Pace(len(times), len(kept), _most_within(kept), timedelta(seconds=median(gaps)) if gaps else None)


def warning(spoken: Sequence[Spoken], *, at: datetime) -> str:
    """A calm sentence for who decides faster than one reads, just now; else empty."""
    sitting = [each for each in spoken if at - each.at <= _SITTING]
    last_minute = sum(each.is_kept for each in sitting if at - each.at <= _MINUTE)
    if last_minute > KEPT_IN_A_MINUTE:
        return f"You kept {last_minute} in the last minute."
    pace = pace_of(sitting)
    if pace.is_hasty:
        return f"You kept {pace.kept} of the last {pace.number}, most of them within seconds."
    return ""


def _most_within(times: Sequence[datetime]) -> int:
    """The largest number of instants in any 60 seconds; the instants come sorted."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] > _MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most

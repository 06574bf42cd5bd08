"""How long findings stay open, those that are still open included: Kaplan-Meier with delayed entry.

A mean over what was closed hides what is open. The curve counts an episode as long as it was watched: from the age at
which the window begins to see it (late, for what was opened before) to the age at which it was fixed, ended in
another way, or was still open.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

# A half, and room for what many products round.
_HALF = 0.5 + 1e-9


class Episode(NamedTuple):
    """One episode of a finding; ``is_fixed`` if it was closed as fixed or with its identity. Instants in UTC."""

    opened_at: datetime
    closed_at: datetime | None = None
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The share of episodes still open after ``age``, when ``fixed`` of the ``at_risk`` ended there."""

    age: timedelta
    at_risk: int
    fixed: int
    share: float


class Watched(NamedTuple):
    """The ages between which the window saw an episode, and whether it was fixed at the later one."""

    entered: timedelta
    left: timedelta
    is_fixed: bool


def survival(episodes: Iterable[Episode], *, since: datetime, until: datetime) -> tuple[Step, ...]:
    """``S(t)``: the product over ages ``a <= t`` of ``1 - fixed(a) / at_risk(a)``; empty if nothing was fixed.

    At risk at age ``a`` is an episode that the window saw younger than ``a`` and that had not left before ``a``. What
    ended otherwise than by a fix, and what is open, leaves without an event.
    """
    watched = watched_in(episodes, since=since, until=until)
    entered, left = sorted(each.entered for each in watched), sorted(each.left for each in watched)
    fixed = Counter(each.left for each in watched if each.is_fixed)
    share, steps = 1.0, []
    for age in sorted(fixed):
        # Whoever left before this age had entered before it.
        at_risk = bisect_left(entered, age) - bisect_left(left, age)
        share *= (at_risk - fixed[age]) / at_risk
        steps.append(Step(age, at_risk, fixed[age], share))
    return tuple(steps)


def watched_in(episodes: Iterable[Episode], *, since: datetime, until: datetime) -> list[Watched]:
    """What the window ``[since, until)`` saw of each episode, those of which it saw nothing left out."""
    return [each for episode in episodes if (each := _watched(episode, since, until)) is not None]


def share_open(steps: Sequence[Step], age: timedelta) -> float:
    """``S(age)``; 1 before the first fix."""
    return next((step.share for step in reversed(steps) if step.age <= age), 1.0)


def median(steps: Sequence[Step]) -> timedelta | None:
    """The least age at which at most half are still open; ``None`` where the curve does not come down to that."""
    return next((step.age for step in steps if step.share <= _HALF), None)


def restricted_mean(steps: Sequence[Step], horizon: timedelta) -> timedelta:
    """``RMST(horizon)``: the area below the curve from 0 to ``horizon``, the mean open time within it."""
    ages = [timedelta(), *(step.age for step in steps if step.age < horizon), horizon]
    shares = [1.0, *(step.share for step in steps if step.age < horizon)]
    return sum(
        ((end - begin) * share for begin, end, share in zip(ages, ages[1:], shares, strict=False)),
        timedelta(),
    )


def mean_open_age(episodes: Iterable[Episode], *, at: datetime) -> timedelta | None:
    """The mean of ``at - opened_at`` over what is open at that instant; ``None`` where nothing is."""
    ages = [at - each.opened_at for each in episodes if each.opened_at <= at and not _is_over(each, at)]
    return sum(ages, timedelta()) / len(ages) if ages else None


def attainment(episodes: Iterable[Episode], allowed: timedelta, *, since: datetime, until: datetime) -> tuple[int, int]:
    """(fixed in time, due): of the episodes whose day of ``opened_at + allowed`` lies in ``[since, until)``.

    What is still open stays in the denominator. What ended otherwise than by a fix had nothing due.
    """
    due = [
        each
        for each in episodes
        if since <= each.opened_at + allowed < until and (each.is_fixed or not _is_over(each, until))
    ]
    in_time = [each for each in due if each.closed_at is not None and each.closed_at - each.opened_at <= allowed]
    return len(in_time), len(due)


def _watched(episode: Episode, since: datetime, until: datetime) -> Watched | None:
    """What the window ``[since, until)`` saw of an episode; ``None`` if nothing."""
    end = until if episode.closed_at is None else min(until, episode.closed_at)
    begin = max(since, episode.opened_at)
    if begin >= end:
        return None
    is_fixed = episode.is_fixed and _is_over(episode, until)
    return Watched(begin - episode.opened_at, end - episode.opened_at, is_fixed)


def _is_over(episode: Episode, at: datetime) -> bool:
    return episode.closed_at is not None and episode.closed_at < at

"""The survival curve as SVG geometry, with the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sesgov.figures.drawing import HEIGHT, WIDTH
from sesgov.figures.lasting import Period
from sesgov.figures.survival import Step, share_open

_MOST_DAYS = 90
_TABLE_DAYS = (1, 3, 7, 14, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class CurveRow:
    """The share still open after so many days, now and in the period before; ``None`` where nothing was watched."""

    days: int
    share: str | None
    before: str | None
    watched: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths in the coordinates of the charts: 90 days wide, from nothing to all high. ``target`` is a place on x."""

    path: str
    before: str
    half: str
    target: str | None
    median: str | None
    words: str
    rows: tuple[CurveRow, ...]


def curve(period: Period, before: Period, remediation_days: int) -> Curve | None:
    """The curve of a period over the one before; ``None`` where nothing was watched."""
    if not period.watched:
        return None
    middle = period.median
    within = middle if middle is not None and middle <= timedelta(days=_MOST_DAYS) else None
    return Curve(
        path=_path(period.steps),
        before=_path(before.steps) if before.watched else "",
        half=f"{HEIGHT / 2:.1f}",
        target=_x(timedelta(days=remediation_days)) if remediation_days <= _MOST_DAYS else None,
        median=None if within is None else _x(within),
        words=_words(period),
        rows=tuple(_row(days, period, before) for days in _TABLE_DAYS),
    )


def _path(steps: Sequence[Step]) -> str:
    """Level, then down, at each age; steps that fall on the same place are drawn as one."""
    drawn = {_x(step.age): step.share for step in steps if step.age <= timedelta(days=_MOST_DAYS)}
    return "M0 0" + "".join(f"H{x}V{HEIGHT - HEIGHT * share:.1f}" for x, share in drawn.items()) + f"H{WIDTH}"


def _x(age: timedelta) -> str:
    return f"{WIDTH * (age / timedelta(days=_MOST_DAYS)):.1f}"


def _row(days: int, period: Period, before: Period) -> CurveRow:
    age = timedelta(days=days)
    watched = sum(each.entered < age <= each.left for each in period.watched)
    return CurveRow(days, _share(period, age), _share(before, age), watched)


def _share(period: Period, age: timedelta) -> str | None:
    return f"{share_open(period.steps, age):.0%}".replace("%", " %") if period.watched else None


def _words(period: Period) -> str:
    said = [f"{_share(period, timedelta(days=days))} after {days}" for days in (7, 30, 90)]
    return f"Still open: {', '.join(said)} days."

"""Lines and bars as SVG geometry; the page's colours and words are the templates'."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sesgov.figures.days import last_whole_day
from sesgov.figures.shapes import Figure, Point, Unit
from sesgov.figures.trends import SHOWN_DAYS
from sesgov.figures.weekly import Week

WIDTH, HEIGHT = 600, 120
_GROUP = 0.72


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through days that follow each other; stale ones carry what was known before."""

    points: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One trend. Days without a value leave a gap; ``top`` is the value at the upper edge, 0 lies at the lower one.

    ``last`` is the place of the newest point, ``target`` the height of the target where it lies within.
    """

    strokes: tuple[Stroke, ...]
    last: tuple[str, str]
    target: str | None
    top: str
    first_on: date
    last_on: date
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a week; ``kind`` is ``opened``, ``fixed`` or ``accepted``."""

    kind: str
    x: str
    y: str
    width: str
    height: str


def line(points: Sequence[Point], unit: Unit, *, until: date, days: int, target: float | None = None) -> Line | None:
    """The points of so many days up to ``until``; ``None`` where there is nothing to draw."""
    values = [(point, number) for point in points if (number := unit.number(point.value, point.of)) is not None]
    if len(values) < 2:
        return None
    first_on = until - timedelta(days=days - 1)
    top = 100.0 if unit is Unit.SHARE else _rounded_up(max([number for _, number in values] + [target or 0]))
    places = [(point, _x(point.on, first_on, days), _y(number, top)) for point, number in values]
    return Line(
        strokes=tuple(_strokes(places)),
        last=places[-1][1:],
        target=None if target is None else _y(target, top),
        top=_label(top, unit),
        first_on=first_on,
        last_on=until,
        words=_words(values, unit),
    )


def sparkline(figure: Figure, at: datetime) -> Line | None:
    """The trend of a tile, up to the last whole day."""
    return line(figure.trend, figure.unit, until=last_whole_day(at), days=SHOWN_DAYS)


def bars(weeks: Sequence[Week]) -> tuple[tuple[Bar, ...], int]:
    """Three bars a week, and the number at the upper edge."""
    top = int(_rounded_up(max((max(week.opened, week.fixed, week.accepted) for week in weeks), default=0)))
    room = WIDTH / max(len(weeks), 1)
    width = room * _GROUP / 3
    drawn = []
    for number, week in enumerate(weeks):
        for place, kind in enumerate(("opened", "fixed", "accepted")):
            height = HEIGHT * getattr(week, kind) / top
            x = number * room + room * (1 - _GROUP) / 2 + place * width
            drawn.append(Bar(kind, f"{x:.1f}", f"{HEIGHT - height:.1f}", f"{width * 0.9:.1f}", f"{height:.1f}"))
    return tuple(drawn), top


def _strokes(places: Sequence[tuple[Point, str, str]]) -> Iterator[Stroke]:
    """Lines between neighbours: each is drawn as the later day is known, and ends where a day is left out."""
    step = min(later.on - earlier.on for (earlier, *_), (later, *_) in pairwise(places))
    run: list[str] = []
    is_stale = False
    for (earlier, *start), (later, *end) in pairwise(places):
        is_apart = later.on - earlier.on > step
        if run and (is_apart or later.is_stale != is_stale):
            yield Stroke(" ".join(run), is_stale)
            run = []
        if not is_apart:
            run = run or [",".join(start)]
            run.append(",".join(end))
            is_stale = later.is_stale
    if run:
        yield Stroke(" ".join(run), is_stale)


def _x(on: date, first_on: date, days: int) -> str:
    return f"{WIDTH * (on - first_on).days / max(days - 1, 1):.1f}"


def _y(number: float, top: float) -> str:
    return f"{HEIGHT - HEIGHT * number / top:.1f}"


def _rounded_up(number: float) -> float:
    """The next number that reads well on an axis."""
    size = 1.0
    while size < number:
        for factor in (1, 2, 5, 10):
            if size * factor >= number:
                return size * factor
        size *= 10
    return size


def _label(top: float, unit: Unit) -> str:
    return {Unit.SHARE: "100 %", Unit.COUNT: f"{top:g}"}.get(unit, f"{top:g} days")


def _words(values: Sequence[tuple[Point, float]], unit: Unit) -> str:
    """The line in one sentence."""
    (first, _), (last, _) = values[0], values[-1]
    lowest, highest = min(values, key=lambda each: each[1])[0], max(values, key=lambda each: each[1])[0]
    said = [unit.text(point.value, point.of) for point in (first, last, lowest, highest)]
    return f"From {said[0]} on {first.on} to {said[1]} on {last.on}; lowest {said[2]}, highest {said[3]}."

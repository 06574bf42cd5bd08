"""Tiles: what a figure means, how it is counted now, and how it was counted at the end of a day that is over."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sesgov.figures.facts import Facts, Sight
from sesgov.figures.series import Series, at_day
from sesgov.figures.shapes import Figure, Link, Point


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: ``reading`` over ``n``; ``None`` where nothing was measured. The rest as on a figure."""

    reading: int | None
    n: int
    is_met: bool | None
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that has a series. ``count`` reads what the lists show now; of a day that is over the intervals tell.

    ``is_of_any_instant``: ``count`` reads what holds for any instant. ``is_met`` tells of a value of the intervals, and
    what it was measured over, whether the target was reached; ``None`` where they cannot tell.
    """

    series: Series
    count: Callable[[Facts], Counted]
    formula: str
    n_of: str
    better: str
    target: str = ""
    is_met: Callable[[int, int], bool | None] = field(default=lambda _value, _n: None)
    is_of_any_instant: bool = False
    previous_of: str = "30 days"
    days_back: int = 30

    def figure(self, facts: Facts, sight: Sight, stored: Point | None = None) -> Figure:
        """The figure; of a day that is over without lists, since lists show what is there now.

        ``stored`` is what the person's snapshots say of that day: the same as the intervals, and at hand.
        """
        counted = self.count(facts) if facts.on is None else self._then(facts, stored)
        return Figure(
            key=self.series.key,
            title=self.series.title,
            formula=self.formula,
            unit=self.series.unit,
            reading=counted.reading,
            n=counted.n,
            n_of=self.n_of,
            target=counted.target or self.target,
            is_met=counted.is_met,
            better=self.better,
            as_of=facts.at,
            coverage=sight.sentence,
            is_stale=sight.is_stale,
            links=counted.links,
            notes=counted.notes,
            previous_of=self.previous_of,
            days_back=self.days_back,
        )

    def _then(self, facts: Facts, stored: Point | None) -> Counted:
        if self.is_of_any_instant:
            return replace(self.count(facts), links=())
        point = stored or at_day(self.series, facts.user, facts.day)
        if point is None:
            return Counted(None, 0, None)
        n = point.of or 0
        return Counted(point.value, n, self.is_met(point.value, n))


def is_all(value: int, n: int) -> bool:
    """A share that shall be 100 %."""
    return value == n


def is_none(value: int, _n: int) -> bool:
    """A count that shall be 0."""
    return value == 0

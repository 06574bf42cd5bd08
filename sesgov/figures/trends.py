"""Trends: the daily snapshots of the estate, or what one person's part of it was, counted at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inventory.models import FigureSnapshot
from sesgov.figures.days import end_of, last_whole_day
from sesgov.figures.facts import Facts
from sesgov.figures.series import Population, Series, measured
from sesgov.figures.shapes import Figure, Point

SHOWN_DAYS = 90
_WEEK = 7
# How many days back: each week, and what figures compare with.
_WEEKLY_AND_COMPARED = sorted({*range(0, SHOWN_DAYS, _WEEK), 29, 89})


@dataclass(frozen=True, slots=True)
class Trends:
    """Points by figure, oldest first, up to the last whole day ``until``; a trend has one every ``step`` days."""

    until: date
    step: int
    points: Mapping[str, Sequence[Point]]

    def at(self, key: str, on: date | None) -> Point | None:
        """What is known of a figure on a day."""
        return next((point for point in self.points.get(key, ()) if point.on == on), None)

    def on(self, figure: Figure) -> Figure:
        """The figure with its trend, and compared with the day that lies as far back as it says."""
        points = self.points.get(figure.key, ())
        before = self.until + timedelta(days=1 - figure.days_back)
        trend = [point for point in points if (self.until - point.on).days % self.step == 0]
        return figure.with_trend(trend, next((point for point in points if point.on == before), None))


def trends_of(facts: Facts, series: Sequence[Series]) -> Trends:
    """One query for who sees the whole estate; for others one for each figure, over the end of each week.

    Their part is not stored, since it changes with what they own.
    """
    until = last_whole_day(facts.at)
    if facts.user.reads_inventory:
        return Trends(until, 1, snapshots([each.key for each in series], until=until, account=None))
    days = [end_of(until - timedelta(days=back)) for back in _WEEKLY_AND_COMPARED]
    population = Population.of(facts.user)
    return Trends(until, _WEEK, {each.key: _of_all(measured(each, population, days)) for each in series})


def _of_all(points: Iterable[tuple[int | None, Point]]) -> list[Point]:
    return sorted((point for account, point in points if account is None), key=lambda point: point.on)


def snapshots(keys: Sequence[str], *, until: date, account: int | None) -> dict[str, list[Point]]:
    """The stored points of the shown days up to ``until``, oldest first; of the whole estate without an account."""
    rows = FigureSnapshot.objects.filter(
        account=account, key__in=keys, on__gt=until - timedelta(days=SHOWN_DAYS), on__lte=until
    )
    found: dict[str, list[Point]] = {key: [] for key in keys}
    for key, on, value, of, is_stale in rows.order_by("on").values_list("key", "on", "value", "of", "is_stale"):
        found[key].append(Point(on, value, of, is_stale))
    return found

"""The shapes of figures: a reading, a figure with its lists, a trend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.urls import reverse

_DAY = 86_400


class Unit(StrEnum):
    """How a pair of whole numbers is read.

    A count over a population, a share of it, a mean of spans from the sum of their seconds, or one span in seconds.
    """

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    SPAN = "span"

    def number(self, value: int, of: int | None) -> float | None:
        """The size of the figure; a share in percent; ``None`` where nothing was measured."""
        if self is Unit.COUNT:
            return value
        if self is Unit.SPAN:
            return value / _DAY
        if not of:
            return None
        return value * 100 / of if self is Unit.SHARE else value / of / _DAY

    def text(self, value: int, of: int | None) -> str | None:
        """The same, ready to read. A share is rounded down: 99.6 % is not all."""
        if self is Unit.COUNT:
            return str(value)
        if self is Unit.SPAN:
            return f"{value / _DAY:.1f} days"
        if not of:
            return None
        return f"{value * 100 // of} %" if self is Unit.SHARE else f"{value / of / _DAY:.1f} days"


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at the end of a day. ``value`` and ``of`` as on :class:`inventory.models.FigureSnapshot`."""

    on: date
    value: int
    of: int | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A list and its length."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One tile. ``value`` is ready to read; ``n`` is what it was measured over, ``n_of`` in words.

    ``previous`` is the value ``previous_of`` ago, ``None`` where nothing was known; ``direction`` compares the two:
    ``better``, ``worse``, ``same`` or empty. ``is_met`` says whether the target is reached; ``None`` without a value.
    ``better`` is ``higher`` or ``lower``. ``notes`` are further values of the same population, in words. ``is_stale``:
    not all was read on the day, so what was known before was counted. ``missing`` says why there is no value.
    ``has_days``: it is measured at the end of each day.
    """

    key: str
    title: str
    formula: str
    unit: Unit
    reading: int | None
    n: int
    n_of: str
    target: str
    is_met: bool | None
    better: str
    as_of: datetime
    coverage: str
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    previous_of: str = "30 days"
    days_back: int = 30
    trend: tuple[Point, ...] = ()
    previous: str | None = None
    direction: str = ""
    is_stale: bool = False
    missing: str = "no data"
    has_days: bool = True

    @property
    def value(self) -> str | None:
        """The figure, ready to read."""
        return None if self.reading is None else self.unit.text(self.reading, self.n)

    @property
    def share(self) -> int | None:
        """Percent, rounded down, where the figure is a share."""
        if self.unit is not Unit.SHARE or self.reading is None or not self.n:
            return None
        return self.reading * 100 // self.n

    def with_trend(self, points: Sequence[Point], before: Point | None) -> "Figure":
        """The figure with the days before it, and compared with one of them."""
        previous = None if before is None else self.unit.text(before.value, before.of)
        return replace(self, trend=tuple(points), previous=previous, direction=self._direction(before))

    def _direction(self, before: Point | None) -> str:
        if before is None or self.reading is None:
            return ""
        now, then = self.unit.number(self.reading, self.n), self.unit.number(before.value, before.of)
        if now is None or then is None:
            return ""
        if self.unit.text(self.reading, self.n) == self.unit.text(before.value, before.of):
            return "same"
        return "better" if (now > then) == (self.better == "higher") else "worse"


def list_url(name: str, namespace: str = "inventory", **parameters: str) -> str:
    """The address of a list, narrowed."""
    return f"{reverse(f'{namespace}:{name}_list')}?{urlencode(parameters)}"

"""The script as steps in the order of time: looks at the estate, and what people did in between."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sesgov.demo.history.acts import ACTS
from sesgov.demo.history.script import STORIES, SWEEP_DAYS

SWEEP_AT, ACT_AT, TOLD_AT = time(2, 0), time(9, 0), time(10, 30)
# A reading of one place follows the one before it on the same day.
BETWEEN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Step:
    """``account_id`` is empty for a sweep over everything. With an ``act``, which is given ``at``, nobody looks."""

    day: int
    at: datetime
    account_id: str = ""
    regions: tuple[str, ...] = ()
    act: Callable[[datetime], None] | None = None


def steps(today: date) -> list[Step]:
    """All of them, the first one first; ``today`` is day 0."""
    return sorted([*_sweeps(today), *_told(today), *_acts(today)], key=lambda step: step.at)


def _at(today: date, day: int, hour: time) -> datetime:
    return datetime.combine(today - timedelta(days=day), hour, tzinfo=UTC)


def _sweeps(today: date) -> Iterator[Step]:
    for day in SWEEP_DAYS:
        yield Step(day, _at(today, day, SWEEP_AT))


def _told(today: date) -> Iterator[Step]:
    """On a day on which something changed and was told of, the places that it touched are read."""
    places: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for story in STORIES:
        for turn in story.turns[1:]:
            if turn.is_told:
                places[turn.day][story.account.id].add(story.region)
    for day, accounts in places.items():
        for number, (account_id, regions) in enumerate(sorted(accounts.items())):
            yield Step(day, _at(today, day, TOLD_AT) + number * BETWEEN, account_id, tuple(sorted(regions)))


def _acts(today: date) -> Iterator[Step]:
    for number, (day, act) in enumerate(ACTS):
        # An instant belongs to one step alone.
        yield Step(day, _at(today, day, ACT_AT) + timedelta(minutes=number), act=act)

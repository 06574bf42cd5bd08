"""Daily snapshots: what each figure was at the end of each day, counted from the intervals, now or years later."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min

from inventory.models import FigureSnapshot, Scope
from inventory.services.schedule import run_daily
from sesgov.figures.catalogue import SERIES
from sesgov.figures.days import days_between, last_whole_day, local_day
from sesgov.figures.series import store

JOB = "figures"
# So far back a first filling goes.
_LONGEST = timedelta(days=400)


def fill_snapshots(*, until: date, at: datetime, since: date | None = None) -> int:
    """Write the snapshots of every figure for each day up to ``until``; idempotent, one statement per figure.

    Without ``since`` from the day on which something was first seen completely. Days that are not over at ``at`` are
    left out. Returns the number of days.
    """
    first = since or _first_day()
    last = min(until, last_whole_day(at))
    if first is None or first > last:
        return 0
    days = days_between(max(first, last - _LONGEST), last)
    with transaction.atomic():
        for series in SERIES:
            store(series, days)
    return len(days)


def fill_daily(*, at: datetime) -> bool:
    """Once after each midnight: the day that is over, and those that were missed."""
    return run_daily(JOB, lambda: fill_missing(at=at), at=at)


def fill_missing(*, at: datetime) -> int:
    """The days since the last snapshot, and that one again."""
    newest = FigureSnapshot.objects.aggregate(newest=Max("on"))["newest"]
    return fill_snapshots(since=newest, until=last_whole_day(at), at=at)


def _first_day() -> date | None:
    first = Scope.objects.aggregate(first=Min("baseline_at"))["first"]
    return local_day(first) if first else None

"""The day that somebody asks for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dateparse import parse_date

from sesgov.figures.days import local_day


@dataclass(frozen=True, slots=True)
class AskedDay:
    """``on`` is the day that is over and was counted, ``None`` for now; ``problem`` says why it is not what was asked.

    ``earlier`` and ``later`` are the days beside it that can be asked for.
    """

    on: date | None
    problem: str = ""
    earlier: date | None = None
    later: date | None = None


def asked_day(text: str, *, first: date, last: date, at: datetime) -> AskedDay:
    """Nothing, and today, are now. What is no day, still to come, or before the first one counted is said to be so."""
    today = local_day(at)
    try:
        on = parse_date(text)
    except ValueError:
        on = None
    problem = _problem(text, on, first, last, today)
    if problem or on is None or on >= today:
        return AskedDay(None, problem, earlier=last)
    a_day = timedelta(days=1)
    return AskedDay(on, earlier=on - a_day if on > first else None, later=on + a_day if on < last else None)


def _problem(text: str, on: date | None, first: date, last: date, today: date) -> str:
    if not text or on == today:
        return ""
    if on is None:
        return f"“{text[:40]}” is no day. Write it as {last:%Y-%m-%d}."
    if on > today:
        return f"{on:%Y-%m-%d} is still to come. The last day that is over and counted is {last:%Y-%m-%d}."
    if on < first:
        return f"Nothing was counted before {first:%Y-%m-%d}, so nothing can be said of {on:%Y-%m-%d}."
    return "" if on <= last else f"{on:%Y-%m-%d} has not been counted yet. The last day that was is {last:%Y-%m-%d}."

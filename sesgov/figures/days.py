"""Days of ``SESGOV_TIME_ZONE`` and the instants at which they are measured."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from inventory.models.days import midnight


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the instant at which it began, and the one at which it is measured."""

    on: date
    began: datetime
    at: datetime


def end_of(on: date) -> Day:
    """A whole day, measured at the midnight that ends it."""
    return Day(on, midnight(on), midnight(on + timedelta(days=1)))


def until(at: datetime) -> Day:
    """The part of a day that has passed at an instant."""
    on = local_day(at)
    return Day(on, midnight(on), at)


def days_between(first: date, last: date) -> list[Day]:
    """Whole days from the first to the last; none where the last lies before the first."""
    return [end_of(first + timedelta(days=number)) for number in range((last - first).days + 1)]


def local_day(at: datetime) -> date:
    """The day that the clocks of the zone show."""
    return at.astimezone(settings.SESGOV_TIME_ZONE).date()


def last_whole_day(at: datetime) -> date:
    """The latest day that is over."""
    return local_day(at) - timedelta(days=1)

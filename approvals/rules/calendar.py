"""Days: what a grant is worth on one, and when people are reminded of its end."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from approvals.rules.states import Decision, Standing

LAPSE_AFTER = timedelta(days=7)
BROKEN_GLASS_LASTS = timedelta(hours=72)
CONFIRM_WITHIN_DAYS = 2
RENEWAL_OPENS_DAYS = 60
RENEWAL_OVERDUE_DAYS = 14
REMOVE_WITHIN = timedelta(days=3)
REMINDER_DAYS = (60, 30, 14, 7, 1, 0)
_SATURDAY, _FRIDAY = 5, 4


def standing(decision: Decision, *, starts_on: date, ends_on: date, on: date) -> Standing:
    """What a grant is worth on a day; ``ends_on`` is its effective last valid day."""
    if decision is Decision.REVOKED:
        return Standing.REVOKED
    if on > ends_on:
        return Standing.SUPERSEDED if decision is Decision.SUPERSEDED else Standing.EXPIRED
    if decision is Decision.SUSPENDED:
        return Standing.SUSPENDED
    return Standing.AHEAD if on < starts_on else Standing.ACTIVE


def reminder_dates(*, starts_on: date, ends_on: date, steps: Iterable[int] = REMINDER_DAYS) -> dict[int, date]:
    """The day of each step, in days before the end; a weekend's is the Friday before.

    A step longer than half the term is left out, and so is one that would come before the term begins.
    """
    term_days = (ends_on - starts_on).days + 1
    due = {step: working_day(ends_on - timedelta(days=step)) for step in steps if step * 2 <= term_days}
    return {step: day for step, day in due.items() if day >= starts_on}


def last_day_of_broken_glass(at: datetime, zone: tzinfo) -> date:
    """The last valid day of access that one person gave at once: it is over, at a midnight, within 72 hours."""
    return (at.astimezone(UTC) + BROKEN_GLASS_LASTS).astimezone(zone).date() - timedelta(days=1)


def confirm_by(at: datetime, zone: tzinfo) -> datetime:
    """Two business days after an instant, at the same time of day; time at a weekend does not count."""
    local = at.astimezone(zone)
    if local.weekday() >= _SATURDAY:
        monday = local.date() + timedelta(days=7 - local.weekday())
        local = datetime.combine(monday, time(), tzinfo=zone)
    left = CONFIRM_WITHIN_DAYS
    while left:
        local += timedelta(days=1)
        left -= local.weekday() < _SATURDAY
    return local.astimezone(at.tzinfo)


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=day.weekday() - _FRIDAY) if day.weekday() >= _SATURDAY else day

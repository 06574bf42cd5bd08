"""The calendar of endings: what runs out on which day of a month."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber, TruncMonth

from approvals.models import Grant
from inventory.models import User

SHOWN = 3
MONTHS_AHEAD = 12
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Day:
    """One field of the grid; ``grants`` are the first few of ``count``."""

    on: date
    is_in_month: bool
    is_today: bool
    grants: list[Grant]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.grants)


@dataclass(frozen=True, slots=True)
class Month:
    """A month and how many endings lie in it."""

    first: date
    count: int
    is_shown: bool


def month_of(text: str, today: date) -> date | None:
    """The first day of ``2027-03``; today's month for nothing, ``None`` for what is no month of these times."""
    if not text:
        return today.replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None


def next_month(first: date) -> date:
    """The first day of the month that follows."""
    return (first + timedelta(days=31)).replace(day=1)


def calendar_context(user: User, first: date, today: date) -> dict[str, object]:
    """Everything on the page of one month; three queries, however much ends."""
    weeks = list(Calendar().monthdatescalendar(first.year, first.month))
    last = next_month(first) - timedelta(days=1)
    days = _days(user, first, last)
    counts = _counts(user, first, last)
    return {
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": next_month(first),
        "today": today,
        "weeks": [
            [Day(on, on.month == first.month, on == today, days.get(on, []), counts.get(on, 0)) for on in week]
            for week in weeks
        ],
        "total": sum(counts.values()),
        "months": _months(user, first, today),
    }


def _days(user: User, first: date, last: date) -> dict[date, list[Grant]]:
    place = Window(RowNumber(), partition_by=F("effective_ends_on"), order_by=("identity__name", "id"))
    rows = Grant.objects.visible_to(user).running_out(first, last).annotate(place=place).filter(place__lte=SHOWN)
    found: dict[date, list[Grant]] = {}
    for each in rows.select_related("identity", "vendor").order_by("effective_ends_on", "identity__name", "id"):
        found.setdefault(each.effective_ends_on, []).append(each)
    return found


def _counts(user: User, first: date, last: date) -> dict[date, int]:
    rows = Grant.objects.visible_to(user).running_out(first, last).order_by().values("effective_ends_on")
    return dict(rows.annotate(count=Count("pk")).values_list("effective_ends_on", "count"))


def _months(user: User, shown: date, today: date) -> list[Month]:
    """The months from today on, with their endings: where in the year the work lies."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_AHEAD:
        months.append(next_month(months[-1]))
    rows = Grant.objects.visible_to(user).running_out(months[0], next_month(months[-1]) - timedelta(days=1))
    counted = (
        rows.order_by().annotate(month=TruncMonth("effective_ends_on")).values("month").annotate(count=Count("pk"))
    )
    counts = dict(counted.values_list("month", "count"))
    return [Month(each, counts.get(each, 0), each == shown) for each in months]

"""Findings opened, fixed and accepted per week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek

from inventory.models import Account, FindingEpisode, RiskAcceptance
from sesgov.figures.days import end_of

_ENDED_WELL = (FindingEpisode.Reason.FIXED, FindingEpisode.Reason.IDENTITY_DELETED)
SHOWN_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Week:
    """What happened from a Monday on, for seven days or up to the last day shown."""

    monday: date
    opened: int
    fixed: int
    accepted: int


def weeks(account: Account | None, until: date) -> list[Week]:
    """The last 13 weeks up to the end of a day, oldest first, of one account or of all: three queries.

    Opened leaves out what the first look at a region found; fixed holds what ended as fixed or with its identity;
    accepted what two people let stand. Hints are in no count.
    """
    first = until - timedelta(days=until.weekday() + 7 * (SHOWN_WEEKS - 1))
    between = (end_of(first - timedelta(days=1)).at, end_of(until).at)
    place = {"finding__identity__scope__account": account} if account else {}
    episodes = FindingEpisode.objects.filter(**place).exclude(finding__severity="info")
    opened = _by_week(episodes.filter(is_baseline=False), "opened_at", between)
    fixed = _by_week(episodes.filter(reason__in=_ENDED_WELL), "closed_at", between)
    approved = RiskAcceptance.objects.filter(**place, decision=RiskAcceptance.Decision.APPROVED)
    accepted = _by_week(approved, "decided_at", between)
    mondays = [first + timedelta(weeks=number) for number in range(SHOWN_WEEKS)]
    return [Week(day, opened.get(day, 0), fixed.get(day, 0), accepted.get(day, 0)) for day in mondays]


def _by_week(
    rows: "QuerySet[FindingEpisode] | QuerySet[RiskAcceptance]", moment: str, between: tuple[datetime, datetime]
) -> dict[date, int]:
    within = rows.filter(**{f"{moment}__gte": between[0], f"{moment}__lt": between[1]}).order_by()
    week = TruncWeek(moment, tzinfo=settings.SESGOV_TIME_ZONE)
    counted = within.annotate(week=week).values("week").annotate(number=Count("pk")).values_list("week", "number")
    return {begun.date(): number for begun, number in counted}

"""The page of figures: how does it stand, and how did it develop?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.models import Account, FigureSnapshot, User
from inventory.services.settings.in_force import in_force
from inventory.views.requests import person
from sesgov.figures.asked_day import AskedDay, asked_day
from sesgov.figures.by_account import COLUMNS, by_account
from sesgov.figures.by_owner import by_owner
from sesgov.figures.catalogue import SERIES, all_figures
from sesgov.figures.curve import curve
from sesgov.figures.days import last_whole_day
from sesgov.figures.drawing import HEIGHT, WIDTH, Line, bars, line, sparkline
from sesgov.figures.facts import Facts
from sesgov.figures.lasting import Lasting, Period, lasting
from sesgov.figures.open_ages import HEADS, open_ages
from sesgov.figures.remediation import Spans, days_text, spans
from sesgov.figures.series import Series
from sesgov.figures.shapes import Figure, Point
from sesgov.figures.trends import SHOWN_DAYS, snapshots
from sesgov.figures.weekly import weeks

_TARGETS = {"posture": 100.0, "owners": 100.0, "coverage": 100.0, "reviewed": 100.0, "approved": 100.0}
_UNITS = {series.key: series.unit for series in SERIES}
# Which tiles stand together; what is named nowhere stands with the last.
_GROUPS = (
    ("in-order", "Who can send", ("posture", "wildcards", "strangers", "owners")),
    (
        "remediation",
        "How fast findings are fixed",
        ("remediation", "half_fixed", "open_time", "open_age", "in_time", "reopened"),
    ),
    ("grants", "Grants and reviews", ()),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the shown days. ``value`` is that of the last one, ``before`` that of 30 days earlier."""

    series: Series
    line: Line | None
    value: str | None
    n: int | None
    before: str | None
    is_stale: bool
    rows: tuple[tuple[Point, str | None], ...]


@dataclass(frozen=True, slots=True)
class TileGroup:
    """Figures that belong together, each with its line."""

    key: str
    title: str
    tiles: tuple[tuple[Figure, Line | None], ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Episodes by how they were found; spans in words."""

    label: str
    ended: int
    spans: tuple[str, ...]
    watched: int
    half_fixed: str
    open_time: str
    kept: str


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """Now, or as of the end of a day, of the whole estate or of one account; for those who read all of it."""
    user, at = person(request), timezone.now()
    if not user.reads_inventory:
        raise Http404
    account = _account(request.GET.get("account", ""))
    known = FigureSnapshot.objects.filter(account=None).aggregate(first=Min("on"), last=Max("on"))
    context: dict[str, object] = {"section": "figures", "account": account, "known": known}
    if known["last"] is None:
        return render(request, "figures/figures.html", context)
    asked = asked_day(request.GET.get("on", ""), first=known["first"], last=known["last"], at=at)
    on = asked.on or last_whole_day(at)
    targets = _TARGETS | {"remediation": float(in_force().remediation_days)}
    points = snapshots([each.key for each in SERIES], until=on, account=account.pk if account else None)
    context |= _weekly(account, on) | {
        "asked": asked,
        "on": on,
        "first_on": on - timedelta(days=SHOWN_DAYS - 1),
        "charts": [_chart(each, points[each.key], on, targets.get(each.key)) for each in SERIES],
        "width": WIDTH,
        "height": HEIGHT,
    }
    if account is None:
        context |= _of_the_estate(user, asked, on, at)
    return render(request, "figures/figures.html", context)


def _of_the_estate(user: User, asked: AskedDay, on: date, at: datetime) -> dict[str, object]:
    facts = Facts(user, at) if asked.on is None else Facts.of_day(user, asked.on)
    found = lasting(facts)
    return {
        "groups": _groups(all_figures(facts, found), facts),
        "sparkline": {"width": WIDTH, "height": HEIGHT},
        "curve": curve(found.period, found.before, found.remediation_days),
        "watched": len(found.period.watched),
        "remediation_days": found.remediation_days,
        "cohorts": _cohorts(facts, found),
        "ages": open_ages(facts),
        "age_heads": HEADS,
        "owners": by_owner(facts),
        "columns": tuple(COLUMNS.values()),
        "accounts": by_account(on, _UNITS),
    }


def _weekly(account: Account | None, on: date) -> dict[str, object]:
    counted = weeks(account, on)
    drawn, top = bars(counted)
    return {"weeks": counted, "last_week": counted[-1], "bars": drawn, "top": top}


def _groups(figures: Sequence[Figure], facts: Facts) -> list[TileGroup]:
    named = {key for _, _, keys in _GROUPS for key in keys}
    by_key = {figure.key: figure for figure in figures}
    rest = tuple(figure.key for figure in figures if figure.key not in named)
    return [
        TileGroup(key, title, tuple((by_key[each], sparkline(by_key[each], facts.at)) for each in keys or rest))
        for key, title, keys in _GROUPS
    ]


def _account(account_id: str) -> Account | None:
    return get_object_or_404(Account, account_id=account_id) if account_id else None


def _chart(series: Series, points: Sequence[Point], on: date, target: float | None) -> Chart:
    by_day = {point.on: point for point in points}
    now, before = by_day.get(on), by_day.get(on - timedelta(days=30))
    return Chart(
        series=series,
        line=line(points, series.unit, until=on, days=SHOWN_DAYS, target=target),
        value=None if now is None else series.unit.text(now.value, now.of),
        n=None if now is None else now.of,
        before=None if before is None else series.unit.text(before.value, before.of),
        is_stale=now is not None and now.is_stale,
        rows=tuple((point, series.unit.text(point.value, point.of)) for point in reversed(points)),
    )


def _cohorts(facts: Facts, found: Lasting) -> list[Cohort]:
    named = (
        ("Found since the first look", spans(facts.user, facts.at), found.period),
        ("Found by the first look", spans(facts.user, facts.at, is_baseline=True), found.first_look),
    )
    return [_cohort(label, ended, period) for label, ended, period in named]


def _cohort(label: str, ended: Spans, period: Period) -> Cohort:
    in_time, due = period.kept
    not_reached = "not reached" if period.watched else "no data"
    return Cohort(
        label=label,
        ended=ended.n,
        spans=tuple(days_text(span) for span in (ended.mean, ended.median, ended.p90)),
        watched=len(period.watched),
        half_fixed=not_reached if period.median is None else days_text(period.median),
        open_time=days_text(period.restricted_mean),
        kept=f"{in_time} of {due}" if due else "no data",
    )

"""The page of figures: how did it develop?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from inventory.models import Account, FigureSnapshot, User
from inventory.services.settings.in_force import in_force
from inventory.views.requests import person
from sesgov.figures.catalogue import SERIES, grant_figures
from sesgov.figures.days import end_of
from sesgov.figures.drawing import HEIGHT, WIDTH, Line, bars, line, sparkline
from sesgov.figures.facts import Facts
from sesgov.figures.remediation import Spans, days_text, spans
from sesgov.figures.series import Series
from sesgov.figures.shapes import Figure, Point
from sesgov.figures.trends import SHOWN_DAYS, snapshots
from sesgov.figures.weekly import weeks

# Columns of the table of accounts, by key, with their short heads.
_COLUMNS = {
    "posture": "In order",
    "wildcards": "Wildcard policies",
    "public_policies": "Let anyone in",
    "strangers": "Unknown or unverified",
    "owners": "Owner resolved",
    "open_findings": "Open findings",
    "remediation": "Time to remediate",
    "coverage": "Regions seen",
}
_TARGETS = {"posture": 100.0, "owners": 100.0, "coverage": 100.0}


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
class AccountRow:
    """One account at the end of the day; cells are (head, text), the text ``None`` where nothing was measured."""

    account: Account
    cells: tuple[tuple[str, str | None], ...]
    is_stale: bool


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """As of the end of a day, of the whole estate or of one account; for those who read all of it."""
    user = person(request)
    if not user.reads_inventory:
        raise Http404
    account = _account(request.GET.get("account", ""))
    known = FigureSnapshot.objects.filter(account=None).aggregate(first=Min("on"), last=Max("on"))
    context: dict[str, object] = {"section": "figures", "account": account, "known": known}
    if known["last"] is None:
        return render(request, "figures/figures.html", context)
    asked = request.GET.get("on", "")
    on = _day(asked, known)
    points = snapshots([each.key for each in SERIES], until=on, account=account.pk if account else None)
    counted = weeks(account, on)
    drawn, top = bars(counted)
    targets = _TARGETS | {"remediation": float(in_force().remediation_days)}
    context |= {
        "on": on,
        "is_misunderstood": bool(asked) and asked != on.isoformat(),
        "first_on": on - timedelta(days=SHOWN_DAYS - 1),
        "charts": [_chart(each, points[each.key], on, targets.get(each.key)) for each in SERIES],
        "tiles": [] if account else _grant_tiles(user),
        "sparkline": {"width": WIDTH, "height": HEIGHT},
        "weeks": counted,
        "last_week": counted[-1],
        "bars": drawn,
        "top": top,
        "width": WIDTH,
        "height": HEIGHT,
        "remediation": None
        if account
        else _cohorts(spans(user, end_of(on).at), spans(user, end_of(on).at, is_baseline=True)),
        "columns": tuple(_COLUMNS.values()),
        "accounts": _accounts(on),
    }
    return render(request, "figures/figures.html", context)


def _grant_tiles(user: User) -> list[tuple[Figure, Line | None]]:
    """How grants stand now, whatever day is shown."""
    at = timezone.now()
    return [(each, sparkline(each, at)) for each in grant_figures(Facts(user, at))]


def _account(account_id: str) -> Account | None:
    return get_object_or_404(Account, account_id=account_id) if account_id else None


def _day(asked: str, known: Mapping[str, date]) -> date:
    """The day that was asked for, within those that are known; the last one where it was not understood."""
    try:
        on = parse_date(asked)
    except ValueError:
        on = None
    return min(max(on or known["last"], known["first"]), known["last"])


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


def _cohorts(found: Spans, first_look: Spans) -> list[tuple[str, int, tuple[str, ...]]]:
    """Name, number, and mean, median and 90th percentile in words."""
    named = (("Found since the first look", found), ("Found by the first look", first_look))
    return [
        (name, each.n, tuple(days_text(span) for span in (each.mean, each.median, each.p90))) for name, each in named
    ]


def _accounts(on: date) -> list[AccountRow]:
    """Every account that had a snapshot on the day, by name: two queries."""
    units = {series.key: series.unit for series in SERIES}
    rows = FigureSnapshot.objects.filter(on=on, account__isnull=False, key__in=_COLUMNS)
    found: dict[int, dict[str, str | None]] = {}
    stale: set[int] = set()
    for account_id, key, value, of, is_stale in rows.values_list("account_id", "key", "value", "of", "is_stale"):
        found.setdefault(account_id, {})[key] = units[key].text(value, of)
        stale |= {account_id} if is_stale else set()
    accounts = Account.objects.filter(pk__in=found).order_by("name", "account_id")
    return [
        AccountRow(
            account, tuple((head, found[account.pk].get(key)) for key, head in _COLUMNS.items()), account.pk in stale
        )
        for account in accounts
    ]

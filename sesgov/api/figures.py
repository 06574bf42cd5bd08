"""Figures over what the token's user may see, now or at the end of a day that is over."""

from datetime import datetime

from django.db.models import Max, Min
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import ValidationError
from pydantic import Field

from inventory.models import FigureSnapshot
from sesgov.api.listings import REFUSALS, Listing, ListQuery, Words, check_parameters
from sesgov.api.tokens import user_of
from sesgov.figures import Facts, Figure, all_figures
from sesgov.figures.asked_day import asked_day

router = Router(tags=["figures"])


class LinkItem(Schema):
    """The list behind a figure, its length, and its address in the browser."""

    label: str
    count: int
    url: str


class FigureItem(Schema):
    """One figure. ``value`` is text as it is shown, null where nothing was measured; ``n`` is what it was measured on.

    ``is_met`` says whether the target is reached, ``coverage`` how much of what should be seen was; ``is_stale`` that
    not all was read on the day, so what was known before was counted. Lists show what is there now: of a day that is
    over there are none.
    """

    key: str
    title: str
    formula: str
    value: str | None
    n: int
    n_of: str
    target: str
    is_met: bool | None
    better: str
    previous: str | None
    direction: str
    is_stale: bool
    as_of: datetime
    coverage: str
    links: list[LinkItem]


class FigureQuery(ListQuery):
    """Filters of the list."""

    key: Words | None = None
    on: Words | None = Field(None, description="As of the end of that day, YYYY-MM-DD; without it now.")


class DayQuery(Schema):
    """The day of one figure."""

    on: Words | None = Field(None, description="As of the end of that day, YYYY-MM-DD; without it now.")


@router.get("", response={200: Listing[FigureItem], **REFUSALS}, url_name="figures")
def figures(request: HttpRequest, query: Query[FigureQuery]) -> dict[str, object]:
    """The figures, as of now or of the end of a day."""
    check_parameters(request, FigureQuery.model_fields)
    found = [each for each in _figures(request, query.on) if query.key in (None, each.key)]
    return {"items": [_item(each) for each in found[query.offset :][: query.limit]], "count": len(found)}


@router.get("/{key}", response={200: FigureItem, **REFUSALS}, url_name="figure")
def figure(request: HttpRequest, key: Words, query: Query[DayQuery]) -> FigureItem:
    """One figure by its key, as of now or of the end of a day."""
    check_parameters(request, DayQuery.model_fields)
    for each in _figures(request, query.on):
        if each.key == key:
            return _item(each)
    raise Http404


def _figures(request: HttpRequest, on: str | None) -> list[Figure]:
    return all_figures(_facts(request, on))


def _facts(request: HttpRequest, on: str | None) -> Facts:
    user, at = user_of(request), timezone.now()
    if on is None:
        return Facts(user, at)
    known = FigureSnapshot.objects.filter(account=None).aggregate(first=Min("on"), last=Max("on"))
    if known["last"] is None:
        raise _refused("No day has been counted yet.")
    asked = asked_day(on, first=known["first"], last=known["last"], at=at)
    if asked.problem or not on:
        raise _refused(asked.problem or "Give a day, as YYYY-MM-DD, or leave it out.")
    return Facts(user, at) if asked.on is None else Facts.of_day(user, asked.on)


def _refused(why: str) -> ValidationError:
    return ValidationError([{"type": "day", "loc": ["query", "on"], "msg": why}])


def _item(row: Figure) -> FigureItem:
    return FigureItem(
        key=row.key,
        title=row.title,
        formula=row.formula,
        value=row.value,
        n=row.n,
        n_of=row.n_of,
        target=row.target,
        is_met=row.is_met,
        better=row.better,
        previous=row.previous,
        direction=row.direction,
        is_stale=row.is_stale,
        as_of=row.as_of,
        coverage=row.coverage,
        links=[LinkItem(label=each.label, count=each.count, url=each.url) for each in row.links],
    )

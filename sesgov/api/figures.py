"""The figures of the dashboard, over what the token's user may see."""

from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from sesgov.api.listings import REFUSALS, Listing, ListQuery, Words, check_parameters
from sesgov.api.tokens import user_of
from sesgov.figures import Facts, Figure, all_figures

router = Router(tags=["figures"])


class LinkItem(Schema):
    """The list behind a figure, its length, and its address in the browser."""

    label: str
    count: int
    url: str


class FigureItem(Schema):
    """One figure. ``value`` is text as it is shown, null where nothing was measured; ``n`` is what it was measured on.

    ``is_met`` says whether the target is reached, ``coverage`` how much of what should be seen was.
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
    as_of: datetime
    coverage: str
    links: list[LinkItem]


class FigureQuery(ListQuery):
    """Filters of the list."""

    key: Words | None = None


@router.get("", response={200: Listing[FigureItem], **REFUSALS}, url_name="figures")
def figures(request: HttpRequest, query: Query[FigureQuery]) -> dict[str, object]:
    """The figures, as of now."""
    check_parameters(request, FigureQuery.model_fields)
    found = [each for each in _figures(request) if query.key in (None, each.key)]
    return {"items": [_item(each) for each in found[query.offset :][: query.limit]], "count": len(found)}


@router.get("/{key}", response={200: FigureItem, **REFUSALS}, url_name="figure")
def figure(request: HttpRequest, key: Words) -> FigureItem:
    """One figure by its key."""
    for each in _figures(request):
        if each.key == key:
            return _item(each)
    raise Http404


def _figures(request: HttpRequest) -> list[Figure]:
    return all_figures(Facts(user=user_of(request), at=timezone.now()))


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
        as_of=row.as_of,
        coverage=row.coverage,
        links=[LinkItem(label=each.label, count=each.count, url=each.url) for each in row.links],
    )

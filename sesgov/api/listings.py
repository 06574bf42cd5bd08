"""Lists: ``{"items": [...], "count": N}``, narrowed by field name, in an order that stays while one pages through."""

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet, TextChoices
from django.http import HttpRequest
from ninja import Schema
from ninja.errors import ValidationError
from pydantic import Field, StringConstraints, WithJsonSchema

MOST_AT_ONCE = 1000
_LARGEST = 2**63 - 1

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item", bound=Schema)

# PostgreSQL takes no NUL in a text.
Words = Annotated[str, StringConstraints(max_length=2048, pattern=r"^[^\x00]*$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Number = Annotated[int, Field(ge=1, le=_LARGEST)]


def spelled_out(choices: type[TextChoices]) -> WithJsonSchema:
    """The values where they are used: the document names enumerations by their class alone, and three are a State."""
    return WithJsonSchema({"type": "string", "enum": choices.values})


class Listing(Schema, Generic[Item]):
    """One page of a list; ``count`` is the length of the whole."""

    items: list[Item]
    count: int


class Problem(Schema):
    """Why there is no answer, in one sentence."""

    detail: str


class ParameterProblem(Schema):
    """What is wrong with one parameter: ``loc`` names it."""

    type: str
    loc: list[str | int]
    msg: str


class ParameterProblems(Schema):
    """Why the question was not understood."""

    detail: list[ParameterProblem]


REFUSALS: dict[int, type[Schema]] = {401: Problem, 404: Problem, 422: ParameterProblems, 429: Problem}


class ListQuery(Schema):
    """What every list takes."""

    limit: int = Field(100, ge=1, le=MOST_AT_ONCE, description="The most items to answer with.")
    offset: int = Field(0, ge=0, le=_LARGEST, description="How many items to leave out at the beginning.")


def listing(
    request: HttpRequest,
    rows: QuerySet[Row],
    query: ListQuery,
    columns: Mapping[str, str],
    item: Callable[[Row], Item],
    *,
    apart: Collection[str] = (),
) -> dict[str, object]:
    """The page of ``rows`` that ``query`` asks for; ``columns`` are the lookups of its filters.

    The filters named in ``apart`` have been applied to ``rows`` already.
    """
    check_parameters(request, type(query).model_fields)
    wishes = query.model_dump(exclude={"limit", "offset", *apart}, exclude_none=True)
    found = rows.filter(**{columns[name]: value for name, value in wishes.items()})
    page = found.order_by("pk")[query.offset : query.offset + query.limit]
    return {"items": [item(row) for row in page], "count": found.order_by().count()}


def check_parameters(request: HttpRequest, known: Collection[str]) -> None:
    """Refuse what is not understood: a filter with a slip of the pen must not answer with everything."""
    problems = [
        {"type": "unknown_parameter", "loc": ["query", name], "msg": f"Use one of: {', '.join(sorted(known))}."}
        for name in request.GET
        if name not in known
    ] + [
        {"type": "given_twice", "loc": ["query", name], "msg": "Give it once."}
        for name, values in request.GET.lists()
        if name in known and len(values) > 1
    ]
    if problems:
        raise ValidationError(problems)

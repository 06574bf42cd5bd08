"""Grant requests: who asked for what, and what each side said."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from approvals.models import GrantRequest, RequestLine
from approvals.pages.names import all_names
from approvals.rows.requests import requests as rows_of
from approvals.rules.deciders import SlotKind
from approvals.rules.risk import RiskClass
from approvals.rules.states import LineState, RequestState
from inventory.policy.words.terms import terms_sentence
from sesgov.api.listings import REFUSALS, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["requests"])


class Said(Schema):
    """One of the two places of a line in the last submission; ``verdict`` is empty while it is open."""

    side: SlotKind
    verdict: str
    by: str | None
    role_held: str
    decided_at: datetime | None
    signed_in_by: str
    comment: str
    ends_on: date | None
    terms_hash: str


class LineItem(Schema):
    """One identity of a request. ``terms_hash`` is the SHA-256 of what is decided on."""

    id: int
    sentence: str
    identity_id: int
    identity_arn: str
    identity_name: str
    state: LineState
    risk: RiskClass
    ends_on: date
    terms: dict[str, Any]
    terms_hash: str
    approvals: list[Said]


class RequestItem(Schema):
    """One request. ``requester`` is null where sesgov itself asked; after ``lapses_at`` nobody decides any more."""

    id: int
    kind: GrantRequest.Kind
    state: RequestState
    requester: str | None
    vendor_id: int | None
    vendor: str | None
    justification: str
    ticket: str
    submissions: int
    created_at: datetime
    submitted_at: datetime | None
    lapses_at: datetime | None
    ended_at: datetime | None
    lines: list[LineItem]


class RequestQuery(ListQuery):
    """Filters of the list."""

    kind: GrantRequest.Kind | None = None
    state: RequestState | None = None
    requester: Words | None = None
    vendor_id: Number | None = None
    vendor: Words | None = None
    ticket: Words | None = None
    identity_id: Number | None = None
    identity_name: Words | None = None


_COLUMNS = {name: name for name in RequestQuery.model_fields} | {
    "requester": "requester__email__iexact",
    "vendor": "vendor__name",
}


@router.get("", response={200: Listing[RequestItem], **REFUSALS}, url_name="requests")
def requests(request: HttpRequest, query: Query[RequestQuery]) -> dict[str, object]:
    """The requests that the token's user may see or decide, oldest first."""
    names = all_names()
    rows = _narrowed(rows_of(user_of(request)), query)
    return listing(
        request, rows, query, _COLUMNS, lambda row: _item(row, names), apart=("identity_id", "identity_name")
    )


@router.get("/{id}", response={200: RequestItem, **REFUSALS}, url_name="request")
def request_detail(request: HttpRequest, id: Number) -> RequestItem:  # noqa: A002  # the name of the field
    """One request by its number."""
    found = rows_of(user_of(request)).filter(pk=id).first()
    if found is None:
        raise Http404
    return _item(found, all_names())


def _narrowed(rows: QuerySet[GrantRequest], query: RequestQuery) -> QuerySet[GrantRequest]:
    """Those with a line for the identity that is named; a request has several."""
    lines = RequestLine.objects.order_by()
    if query.identity_id is not None:
        rows = rows.filter(pk__in=lines.filter(identity=query.identity_id).values("request"))
    if query.identity_name is not None:
        rows = rows.filter(pk__in=lines.filter(identity__name=query.identity_name).values("request"))
    return rows


def _item(row: GrantRequest, names: dict[str, str]) -> RequestItem:
    return RequestItem(
        id=row.pk,
        kind=GrantRequest.Kind(row.kind),
        state=RequestState(row.state),
        requester=row.requester.email if row.requester else None,
        vendor_id=row.vendor_id,
        vendor=row.vendor.name if row.vendor else None,
        justification=row.justification,
        ticket=row.ticket,
        submissions=row.submissions,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        lapses_at=row.lapses_at,
        ended_at=row.ended_at,
        lines=[_line(line, names) for line in row.lines.all()],
    )


def _line(line: RequestLine, names: dict[str, str]) -> LineItem:
    terms = line.grant_terms
    return LineItem(
        id=line.pk,
        sentence=terms_sentence(terms, names=names, identity_name=line.identity.name, on=timezone.localdate()),
        identity_id=line.identity_id,
        identity_arn=line.identity.arn,
        identity_name=line.identity.name,
        state=LineState(line.state),
        risk=RiskClass(line.risk),
        ends_on=terms.ends_on,
        terms=line.terms,
        terms_hash=line.terms_hash,
        approvals=[
            Said(
                side=SlotKind(slot.kind),
                verdict=slot.verdict,
                by=slot.decided_by.email if slot.decided_by else None,
                role_held=slot.role_held,
                decided_at=slot.decided_at,
                signed_in_by=slot.signed_in_by,
                comment=slot.comment,
                ends_on=slot.ends_on,
                terms_hash=slot.terms_hash,
            )
            for slot in line.slots.all()
        ],
    )

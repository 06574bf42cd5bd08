"""Grants: what people have approved, until when, and what was seen of it."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from approvals.models import ApprovalSlot, Grant
from approvals.models.grants import GrantQuerySet
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.names import all_names, names_for
from approvals.rows.grants import shown_as, with_approvals
from approvals.rules.states import Decision, Observation, Standing
from approvals.words import observation_of
from sesgov.api.listings import REFUSALS, AccountId, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["grants"])


class Approval(Schema):
    """One of the two who agreed, in the role that they held then."""

    by: str
    role_held: str
    decided_at: datetime | None
    signed_in_by: str
    comment: str
    ends_on: date | None


class GrantItem(Schema):
    """One approved line of a request.

    ``decision`` is what people said last, ``standing`` what that is worth today. ``observation`` is the collector's
    word: ``unknown`` where nobody could look within 48 hours. ``ends_on`` is the approved last day,
    ``effective_ends_on`` the one that holds by now. ``account_id`` and ``region`` are the identity's;
    ``delegate_account_ids`` are all accounts that the terms let in.
    """

    id: int
    sentence: str
    request_id: int
    identity_id: int
    identity_arn: str
    identity_name: str
    account_id: str
    region: str
    vendor_id: int | None
    vendor: str | None
    delegate_account_ids: list[str]
    decision: Decision
    standing: Standing
    observation: Observation
    observed_at: datetime | None
    observed_by_run: int | None
    starts_on: date
    ends_on: date
    effective_ends_on: date
    will_not_renew: bool
    decided_at: datetime
    successor_id: int | None
    approvals: list[Approval]


class Stretch(Schema):
    """What readings showed from one instant to another; ``to_at`` is null for what they show now."""

    observation: Observation
    from_at: datetime
    to_at: datetime | None
    run: int | None


class GrantDetail(GrantItem):
    """With the terms, as approved, and what readings showed of them, oldest first."""

    justification: str
    ticket: str
    terms: dict[str, Any]
    terms_hash: str
    observations: list[Stretch]


class GrantQuery(ListQuery):
    """Filters of the list."""

    request_id: Number | None = None
    identity_id: Number | None = None
    identity_arn: Words | None = None
    identity_name: Words | None = None
    account_id: AccountId | None = None
    region: Words | None = None
    vendor_id: Number | None = None
    vendor: Words | None = None
    delegate_account_id: AccountId | None = Field(None, description="An account that the terms let in.")
    decision: Decision | None = None
    standing: Standing | None = None
    observation: Observation | None = None
    effective_ends_on: date | None = None


_COLUMNS = {name: name for name in GrantQuery.model_fields} | {
    "request_id": "line__request_id",
    "identity_arn": "identity__arn",
    "identity_name": "identity__name",
    "account_id": "identity__scope__account__account_id",
    "region": "identity__scope__region",
    "vendor": "vendor__name",
}
_APART = ("delegate_account_id", "standing", "observation")


@router.get("", response={200: Listing[GrantItem], **REFUSALS}, url_name="grants")
def grants(request: HttpRequest, query: Query[GrantQuery]) -> dict[str, object]:
    """Every grant, over or not, as the list of grants in the browser counts them."""
    at = timezone.now()
    rows = _narrowed(with_approvals(Grant.objects.visible_to(user_of(request))), query, at)
    return listing(request, rows, query, _COLUMNS, partial(_item, names=all_names(), at=at), apart=_APART)


@router.get("/{id}", response={200: GrantDetail, **REFUSALS}, url_name="grant")
def grant(request: HttpRequest, id: Number) -> GrantDetail:  # noqa: A002  # the name of the field
    """One grant with its terms and its history."""
    rows = with_approvals(Grant.objects.visible_to(user_of(request))).select_related("line__request")
    found = rows.filter(pk=id).first()
    if found is None:
        raise Http404
    observed = [
        Stretch(observation=Observation(row.observation), from_at=row.from_at, to_at=row.to_at, run=row.run_id)
        for row in found.observations.order_by("from_at", "pk")
    ]
    return GrantDetail(
        **_item(found, names=names_for([found.grant_terms]), at=timezone.now()).dict(),
        justification=found.line.request.justification,
        ticket=found.line.request.ticket,
        terms=found.terms,
        terms_hash=found.line.terms_hash,
        observations=observed,
    )


def _narrowed(rows: GrantQuerySet, query: GrantQuery, at: datetime) -> GrantQuerySet:
    if query.delegate_account_id is not None:
        rows = rows.filter(account_ids__contains=[query.delegate_account_id])
    if query.observation is not None:
        rows = shown_as(rows, query.observation, at)
    return rows if query.standing is None else rows.standing_as(query.standing, timezone.localdate(at))


def _item(row: Grant, *, names: Mapping[str, str], at: datetime) -> GrantItem:
    on = timezone.localdate(at)
    return GrantItem(
        id=row.pk,
        sentence=grant_sentence(row, names=names, on=on),
        request_id=row.line.request_id,
        identity_id=row.identity_id,
        identity_arn=row.identity.arn,
        identity_name=row.identity.name,
        account_id=row.identity.scope.account.account_id,
        region=row.identity.scope.region,
        vendor_id=row.vendor_id,
        vendor=row.vendor.name if row.vendor else None,
        delegate_account_ids=row.account_ids,
        decision=Decision(row.decision),
        standing=row.standing(on),
        observation=observation_of(row, at),
        observed_at=row.observed_at,
        observed_by_run=row.observed_by_run_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        effective_ends_on=row.effective_ends_on,
        will_not_renew=row.will_not_renew_at is not None,
        decided_at=row.decided_at,
        successor_id=row.successor_id,
        approvals=[_approval(slot) for slot in row.line.slots.all()],
    )


def _approval(slot: ApprovalSlot) -> Approval:
    return Approval(
        by=slot.decided_by.email if slot.decided_by else "",
        role_held=slot.role_held,
        decided_at=slot.decided_at,
        signed_in_by=slot.signed_in_by,
        comment=slot.comment,
        ends_on=slot.ends_on,
    )

"""Review campaigns: what was frozen, how the deciding and the removing stand, and which evidence was sealed."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from approvals.models import Campaign
from approvals.rows.campaigns import campaigns as rows_of
from approvals.rows.campaigns import narrowed_to_late
from approvals.rules.campaigns import CampaignState
from sesgov.api.listings import REFUSALS, Listing, ListQuery, Number, Words, listing
from sesgov.api.tokens import user_of

router = Router(tags=["campaigns"])


class CampaignItem(Schema):
    """One review.

    ``items`` counts the frozen population (for who only reviews, their own part of it), ``pending`` what nobody has
    decided, ``missed`` what nobody decided by ``due_on``. ``to_remove`` is what reviewers want taken out or changed and
    what was missed, ``verified`` what of it a reading has shown; ``overdue`` what is late. ``population_sha256`` is
    empty until the population is frozen.
    """

    id: int
    name: str
    state: CampaignState
    period_from: date
    period_to: date
    frequency: str
    starts_on: date
    due_on: date
    remediate_by_on: date
    staged_at: datetime | None
    activated_at: datetime | None
    decided_at: datetime | None
    signed_at: datetime | None
    signed_by: str | None
    ended_at: datetime | None
    population_sha256: str
    items: int
    removed_since_last: int
    pending: int
    missed: int
    to_remove: int
    verified: int
    overdue: int


class Pack(Schema):
    """One sealed edition of the evidence; the file itself is taken in the browser. ``head`` is of the audit chain."""

    id: int
    edition: int
    sealed_at: datetime
    sealed_by: str | None
    pack_sha256: str
    previous_sha256: str
    head_position: int
    head: str
    key_fingerprint: str
    size: int


class CampaignDetail(CampaignItem):
    """With what was and was not looked at, and the evidence.

    ``scope`` is empty for everything. ``completeness`` holds one mapping for each expected account region.
    """

    scope: dict[str, list[str]]
    frequency_basis: str
    completeness: list[dict[str, Any]]
    shortfall: str
    override_reason: str
    not_collected: list[str]
    attestation: str
    ending_reason: str
    packs: list[Pack]


class CampaignQuery(ListQuery):
    """Filters of the list; ``overdue`` finds those on which something should have been done by now."""

    name: Words | None = None
    state: CampaignState | None = None
    period_from: date | None = None
    period_to: date | None = None
    overdue: bool | None = None


_COLUMNS = {name: name for name in CampaignQuery.model_fields}


@router.get("", response={200: Listing[CampaignItem], **REFUSALS}, url_name="campaigns")
def campaigns(request: HttpRequest, query: Query[CampaignQuery]) -> dict[str, object]:
    """The reviews that the token's user may see."""
    rows = rows_of(user_of(request))
    if query.overdue is not None:
        late = narrowed_to_late(Campaign.objects.all(), timezone.localdate()).order_by().values("pk")
        rows = rows.filter(pk__in=late) if query.overdue else rows.exclude(pk__in=late)
    return listing(request, rows, query, _COLUMNS, _item, apart=("overdue",))


@router.get("/{id}", response={200: CampaignDetail, **REFUSALS}, url_name="campaign")
def campaign(request: HttpRequest, id: Number) -> CampaignDetail:  # noqa: A002  # the name of the field
    """One review; what it saw and its evidence only for who reads the whole inventory."""
    user = user_of(request)
    found = rows_of(user).filter(pk=id).first()
    if found is None:
        raise Http404
    is_whole = user.reads_inventory
    return CampaignDetail(
        **_item(found).dict(),
        scope=found.scope if is_whole else {},
        frequency_basis=found.frequency_basis,
        completeness=found.completeness if is_whole else [],
        shortfall=found.shortfall if is_whole else "",
        override_reason=found.override_reason if is_whole else "",
        not_collected=[each["what"] for each in found.exclusions],
        attestation=found.attestation if is_whole else "",
        ending_reason=found.ending_reason,
        packs=_packs(found) if is_whole else [],
    )


def _packs(row: Campaign) -> list[Pack]:
    return [
        Pack(
            id=pack.pk,
            edition=pack.edition,
            sealed_at=pack.sealed_at,
            sealed_by=pack.sealed_by.email if pack.sealed_by else None,
            pack_sha256=pack.pack_hash,
            previous_sha256=pack.previous_hash,
            head_position=pack.head_position,
            head=pack.head_hash,
            key_fingerprint=pack.fingerprint,
            size=pack.size,
        )
        for pack in row.packs.select_related("sealed_by").order_by("edition")
    ]


def _item(row: Any) -> CampaignItem:
    """A row as :func:`approvals.rows.campaigns.campaigns` annotates it."""
    is_frozen = row.state != CampaignState.DRAFT
    return CampaignItem(
        id=row.pk,
        name=row.name,
        state=CampaignState(row.state),
        period_from=row.period_from,
        period_to=row.period_to,
        frequency=row.frequency,
        starts_on=row.starts_on,
        due_on=row.due_on,
        remediate_by_on=row.remediate_by_on,
        staged_at=row.staged_at,
        activated_at=row.activated_at,
        decided_at=row.decided_at,
        signed_at=row.signed_at,
        signed_by=row.signed_by.email if row.signed_by else None,
        ended_at=row.ended_at,
        population_sha256=row.population_hash if is_frozen else "",
        items=row.total if is_frozen else 0,
        removed_since_last=row.removed_count,
        pending=row.pending,
        missed=row.missed,
        to_remove=row.wanted,
        verified=row.verified,
        overdue=row.overdue,
    )

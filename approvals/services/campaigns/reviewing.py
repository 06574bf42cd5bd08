"""Reviewing: items decided one by one or, where nothing is out of order, many at once; and handed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals.models import Campaign, Reassignment, ReviewDecision, ReviewItem
from approvals.rules.campaigns import (
    DECISIONS,
    CampaignState,
    Change,
    ItemDecision,
    may_be_certified_in_bulk,
    needs_note,
)
from approvals.services.campaigns.campaigns import (
    FEWEST_LETTERS,
    RUNS_CAMPAIGNS,
    checked_reason,
    day_of,
    locked_campaign,
    move,
)
from approvals.services.campaigns.reviewers import Refusals, own_access, why_not
from approvals.services.campaigns.since_frozen import is_as_frozen
from approvals.services.campaigns.told import told_of_decision
from approvals.services.requests.deciders import owner_sides
from inventory.models import Team, User
from inventory.services.audit import record, record_all
from inventory.services.refusals import ConflictError, RefusedError, check_text

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What a reviewer says; ``seen`` is the evidence hash and the number of decisions that their page showed."""

    decision: ItemDecision
    note: str
    signed_in_by: str
    seen: tuple[str, int]


@transaction.atomic
def decide_item(item_id: int, said: Said, *, acting_user: User, at: datetime) -> ReviewItem:
    """Certify, revoke or modify; a second thought is one more row, until the review is signed.

    Raises :class:`ConflictError` where the review or the item stands differently by now.
    """
    (item,) = _locked([item_id])
    if said.decision not in DECISIONS:
        raise RefusedError("decision", "Choose keep, remove or change.")
    if refusal := why_not(acting_user, item, on=day_of(at)):
        raise RefusedError("person", refusal)
    if item.decision == ItemDecision.NOT_REVIEWED:
        raise ConflictError(f"The day for item {item.position} is over: it counts as not reviewed.")
    said_before = item.decisions.count()
    if said.seen != (item.evidence_hash, said_before):
        raise ConflictError(f"Somebody has decided on item {item.position} since you opened it. Look at it again.")
    _check_note(item, said)
    _append_all([(item, said_before + 1)], said, acting_user=acting_user, at=at, is_bulk=False)
    _decided_whole(item.campaign, at=at)
    return item


@transaction.atomic
def certify_many(item_ids: Sequence[int], *, signed_in_by: str, acting_user: User, at: datetime) -> int:
    """Certify unchanged low-risk items in one act; each is recorded by itself. All of them, or none and why."""
    if not item_ids or len(item_ids) > MOST_AT_ONCE:
        raise RefusedError("items", f"Choose 1 to {MOST_AT_ONCE} items.")
    items = _locked(item_ids)
    refusals = Refusals(acting_user, items, on=day_of(at))
    for item in items:
        if refusal := refusals.of(item):
            raise RefusedError("items", f"Item {item.position}: {refusal}")
        _check_pending(item)
        if not may_be_certified_in_bulk(Change(item.change), item.risk):
            raise RefusedError("items", f"Item {item.position} is new, changed or out of order: look at it by itself.")
        if not is_as_frozen(item):
            raise RefusedError("items", f"Item {item.position} has changed since it was frozen: look at it by itself.")
    said = Said(ItemDecision.CERTIFY, "", signed_in_by, ("", 0))
    _append_all([(item, 1) for item in items], said, acting_user=acting_user, at=at, is_bulk=True)
    _decided_whole(items[0].campaign, at=at)
    return len(items)


@transaction.atomic
def hand_on(
    item_ids: Sequence[int], *, to: Team | User, reason: str, acting_user: User, at: datetime
) -> list[ReviewItem]:
    """Give undecided items to another team or person; by who runs the review, or by who is to decide them."""
    why = checked_reason(reason)
    if not item_ids or len(item_ids) > MOST_AT_ONCE:
        raise RefusedError("items", f"Choose 1 to {MOST_AT_ONCE} items.")
    items = _locked(item_ids)
    refusals = Refusals(acting_user, items, on=day_of(at))
    for item in items:
        if not acting_user.has_role(RUNS_CAMPAIGNS) and refusals.of(item):
            raise PermissionDenied
        _check_pending(item)
    _check_receiver(to, items, on=day_of(at))
    _give(items, to, why, acting_user=acting_user, at=at)
    return items


def _locked(item_ids: Sequence[int]) -> list[ReviewItem]:
    """The items of one campaign, for this transaction alone; the campaign first, so that nobody ends it meanwhile."""
    wanted = ReviewItem.objects.filter(pk__in=item_ids)
    campaigns = list(wanted.order_by().values_list("campaign", flat=True).distinct())
    if len(campaigns) != 1:
        raise RefusedError("items", "Choose items of one review.")
    campaign = locked_campaign(campaigns[0])
    if closed := why_closed(campaign):
        raise ConflictError(closed)
    related = ("grant__vendor", "grant__line__request", "reviewer_team", "reviewer_user", "identity", "delegation")
    items = list(wanted.select_for_update(of=("self",)).select_related(*related).order_by("pk"))
    for item in items:
        item.campaign = campaign
    return items


def why_closed(campaign: Campaign) -> str | None:
    """Why nothing is decided in a campaign, or ``None`` where it is open."""
    if campaign.state in (CampaignState.ACTIVE, CampaignState.DECIDED):
        return None
    if campaign.state in (CampaignState.DRAFT, CampaignState.STAGED):
        return f"{campaign} has not begun: it waits for its reviewers from {campaign.starts_on} on."
    return f"{campaign} is {campaign.state.replace('_', ' ')}: nothing in it is decided any more."


def is_pending(item: ReviewItem) -> bool:
    """Whether nobody has decided on it, in a review that is open."""
    return item.decision == ItemDecision.PENDING and why_closed(item.campaign) is None


def _check_pending(item: ReviewItem) -> None:
    if not is_pending(item):
        raise ConflictError(f"Item {item.position} is decided already. Open the list again.")


def _check_note(item: ReviewItem, said: Said) -> None:
    check_text("note", said.note, 4000)
    if len(said.note.strip()) >= FEWEST_LETTERS or not needs_note(said.decision, item.risk):
        return
    if said.decision is ItemDecision.CERTIFY:
        raise RefusedError("note", "Say in a sentence why this may stay: it is open to anyone, unknown or over.")
    raise RefusedError("note", "Say in a sentence why, and what should be there instead.")


def _check_receiver(to: Team | User, items: Sequence[ReviewItem], *, on: date) -> None:
    """Somebody has to be there who may answer for each."""
    if not to.is_active:
        raise RefusedError("to", f"{to} is no longer active. Choose somebody else.")
    team, user = (to.pk, None) if isinstance(to, Team) else (None, to.pk)
    people = owner_sides([team], [user], on=on).people(team, user)
    if not people:
        raise RefusedError("to", f"Nobody active is in {to}. Choose somebody else.")
    for item in items:
        if not people - own_access(item.grant):
            asked = "asked for this access or answers for the vendor"
            raise RefusedError("to", f"Item {item.position}: {to} {asked}. Choose somebody else.")


def _give(items: Sequence[ReviewItem], to: Team | User, why: str, *, acting_user: User, at: datetime) -> None:
    chain, told = [], []
    for item in items:
        before = (item.reviewer_team, item.reviewer_user)
        item.reviewer_team, item.reviewer_user = (to, None) if isinstance(to, Team) else (None, to)
        item.reviewer_reason = f"handed on: {why}"[:200]
        chain.append(
            Reassignment(
                item=item,
                from_team=before[0],
                from_user=before[1],
                to_team=item.reviewer_team,
                to_user=item.reviewer_user,
                reason=why,
                by=acting_user,
                at=at,
            )
        )
        told.append((item, {"from": str(before[0] or before[1] or "security"), "to": str(to), "reason": why}))
    ReviewItem.objects.bulk_update(items, ["reviewer_team", "reviewer_user", "reviewer_reason"])
    Reassignment.objects.bulk_create(chain)
    record_all(at=at, actor=acting_user, action="review_item.handed_on", targets=told)


def _append_all(
    numbered: Sequence[tuple[ReviewItem, int]], said: Said, *, acting_user: User, at: datetime, is_bulk: bool
) -> None:
    """One row for each item with its number, in four statements."""
    note = said.note.strip()
    ReviewDecision.objects.bulk_create(
        ReviewDecision(
            item=item,
            number=number,
            decision=said.decision,
            note=note,
            decided_by=acting_user,
            decided_at=at,
            role_held=", ".join(acting_user.roles)[:100],
            signed_in_by=said.signed_in_by,
            is_bulk=is_bulk,
        )
        for item, number in numbered
    )
    ReviewItem.objects.filter(pk__in=[item.pk for item, _ in numbered]).update(
        decision=said.decision, decided_by=acting_user, decided_at=at
    )
    for item, _ in numbered:
        item.decision, item.decided_by, item.decided_at = said.decision, acting_user, at
    told = [
        (item, told_of_decision(item, said.decision, note, number=number, is_bulk=is_bulk)) for item, number in numbered
    ]
    record_all(at=at, actor=acting_user, action="review_item.decided", targets=told)


def _decided_whole(campaign: Campaign, *, at: datetime) -> None:
    """The last decision ends the deciding; the due day has not to be waited for."""
    if campaign.state == CampaignState.DECIDED or campaign.items.pending().exists():
        return
    move(campaign, CampaignState.DECIDED)
    campaign.decided_at = at
    campaign.save(update_fields=["state", "decided_at"])
    record(at=at, actor=None, action="campaign.decided", target=campaign, data={"missed": 0})

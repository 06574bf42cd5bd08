"""Staging: the population is frozen, counted and hashed, or it is not staged at all."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import EXCLUDED_KINDS, CampaignState, PathKind
from approvals.services.campaigns.campaigns import check_runs, checked_reason, day_of, locked_campaign, move
from approvals.services.campaigns.completeness import completeness, shortfall
from approvals.services.campaigns.evidence import Evidence, EvidenceRoom
from approvals.services.campaigns.reviewers import Reviewers
from inventory.models import Account, Delegation, User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError

_BATCH = 500


@transaction.atomic
def stage(campaign_id: int, *, acting_user: User | None, at: datetime, override_reason: str = "") -> Campaign:
    """Freeze the population as it is now. What is not completely seen needs a written reason, which exports print.

    Raises :class:`RefusedError` (``override_reason``) where sight falls short and nobody says why that is accepted, and
    (``scope``) where there is nothing to review.
    """
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    if campaign.state == CampaignState.STAGED:
        move(campaign, CampaignState.DRAFT)
        campaign.items.all().delete()
    elif campaign.state != CampaignState.DRAFT:
        raise ConflictError(f"{campaign} is {campaign.state.replace('_', ' ')} by now: its population stays as it is.")
    seen = completeness(campaign.scope.get("account"), at=at)
    campaign.shortfall = shortfall(seen)
    campaign.completeness = [each.to_json() for each in seen]
    campaign.exclusions = [{"path_kind": kind, "what": what} for kind, what in EXCLUDED_KINDS.items()]
    _accept_shortfall(campaign, override_reason, acting_user)
    _freeze(campaign, at=at)
    campaign.staged_at, campaign.staged_by = at, acting_user
    move(campaign, CampaignState.STAGED)
    campaign.save()
    record(at=at, actor=acting_user, action="campaign.staged", target=campaign, data=_said(campaign))
    return campaign


@transaction.atomic
def unstage(campaign_id: int, *, acting_user: User, at: datetime) -> Campaign:
    """Back to a draft: the frozen items go, since nobody has been asked about them."""
    check_runs(acting_user)
    campaign = locked_campaign(campaign_id)
    move(campaign, CampaignState.DRAFT)
    campaign.items.all().delete()
    campaign.save(update_fields=["state"])
    record(at=at, actor=acting_user, action="campaign.unstaged", target=campaign)
    return campaign


def population(campaign: Campaign) -> QuerySet[Delegation]:
    """The live paths to somebody outside that the campaign's scope takes in, in the order in which they are frozen."""
    rows = Delegation.objects.live().outside().filter(identity__gone_at=None).filter(_within(campaign.scope))
    order = ("identity__name", "identity__scope__account__account_id", "identity__scope__region", "policy_name")
    related = ("identity__scope__account", "identity__owner_team", "identity__owner_user")
    return rows.select_related(*related).order_by(*order, "principal", "pk")


def _within(scope: dict[str, list[str]]) -> Q:
    fields = {
        "account": "identity__scope__account__account_id__in",
        "sending_name": "identity__sending_name__in",
        "environment": "identity__environment__in",
        "team": "identity__owner_team__in",
    }
    found = Q()
    for kind, keys in scope.items():
        if kind == "vendor":
            accounts = Account.objects.filter(vendor__in=[int(key) for key in keys]).order_by().values("account_id")
            found &= Q(account_id__in=accounts)
        else:
            found &= Q(**{fields[kind]: keys})
    return found


def _accept_shortfall(campaign: Campaign, reason: str, acting_user: User | None) -> None:
    campaign.overridden_by, campaign.override_reason = None, ""
    if not campaign.shortfall:
        return
    if not reason.strip():
        raise RefusedError(
            "override_reason",
            f"{campaign.shortfall} Collect again, or say in writing why the review goes on without: exports print it.",
        )
    campaign.overridden_by, campaign.override_reason = acting_user, checked_reason(reason, "override_reason")


def _freeze(campaign: Campaign, *, at: datetime) -> None:
    names = dict(Account.objects.exclude(name="").values_list("account_id", "name"))
    reviewers = Reviewers(campaign.fallback_team, on=day_of(at))
    digest, position, keys = sha256(), 0, set()
    for rows in _batches(population(campaign).iterator(chunk_size=_BATCH)):
        found = EvidenceRoom(rows, names=names, on=day_of(at)).evidence()
        items = [
            _item(campaign, number, row, each, reviewers)
            for number, (row, each) in enumerate(zip(rows, found, strict=True), start=position + 1)
        ]
        ReviewItem.objects.bulk_create(items)
        for item in items:
            digest.update(f"{item.position}\t{item.path_key}\t{item.evidence_hash}\n".encode())
            keys.add(item.path_key)
        position += len(items)
    if not position:
        raise RefusedError("scope", "Nobody outside can send as anything in this scope: there is nothing to review.")
    campaign.item_count, campaign.population_hash = position, digest.hexdigest()
    campaign.removed_count = len(_keys_of_last(campaign) - keys)


def _batches(rows: Iterable[Delegation]) -> Iterator[list[Delegation]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _item(campaign: Campaign, position: int, row: Delegation, each: Evidence, reviewers: Reviewers) -> ReviewItem:
    chosen = reviewers.of(row.identity, each.grant)
    return ReviewItem(
        campaign=campaign,
        position=position,
        path_kind=PathKind.DELEGATION,
        path_key=each.path_key,
        path_hash=each.path_hash,
        identity=row.identity,
        delegation=row,
        grant=each.grant,
        evidence=each.text,
        evidence_hash=each.text_hash,
        change=each.change,
        is_wildcard=each.risk.is_wildcard,
        is_unknown=each.risk.is_unknown,
        is_expired=each.risk.is_expired,
        is_unapproved=each.risk.is_unapproved,
        reviewer_team=chosen.team,
        reviewer_user=chosen.user,
        reviewer_reason=chosen.reason,
    )


def last_campaign(campaign: Campaign) -> Campaign | None:
    """The signed campaign before this one, with the same scope."""
    signed = Campaign.objects.filter(signed_at__isnull=False, scope=campaign.scope).exclude(pk=campaign.pk)
    return signed.filter(period_to__lt=campaign.period_to).order_by("-period_to", "-pk").first()


def _keys_of_last(campaign: Campaign) -> set[str]:
    last = last_campaign(campaign)
    return set(last.items.values_list("path_key", flat=True)) if last else set()


def _said(campaign: Campaign) -> dict[str, object]:
    kinds: Sequence[dict[str, str]] = campaign.exclusions
    return {
        "items": campaign.item_count,
        "removed_since_last": campaign.removed_count,
        "population_sha256": campaign.population_hash,
        "shortfall": campaign.shortfall,
        "override_reason": campaign.override_reason,
        "not_collected": [each["path_kind"] for each in kinds],
    }

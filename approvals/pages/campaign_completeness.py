"""What a review saw, and what it did not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from approvals.campaign_words import CHANGE
from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import EXCLUDED_KINDS, CampaignState, Change
from approvals.services.campaigns.completeness import completeness, shortfall
from approvals.services.campaigns.staging import last_campaign, population
from inventory.models import Account, Team, Vendor
from inventory.words import ENVIRONMENT, Word

_MOST_REMOVED = 50


@dataclass(frozen=True, slots=True)
class Sight:
    """Account regions as they stood when the population was frozen or, of a draft, as they stand now.

    ``failed`` and ``declared`` hold one mapping each, as :mod:`approvals.services.campaigns.completeness` writes it.
    """

    expected: int
    seen: int
    declared: Sequence[Mapping[str, Any]]
    failed: Sequence[Mapping[str, Any]]
    shortfall: str


def sight(campaign: Campaign, at: datetime) -> Sight:
    """Of a draft with one query, else what was frozen."""
    regions, missing = campaign.completeness, campaign.shortfall
    if campaign.state == CampaignState.DRAFT:
        found = completeness(campaign.scope.get("account"), at=at)
        regions, missing = [each.to_json() for each in found], shortfall(found)
    failed = [each for each in regions if each["problem"]]
    declared = [each for each in regions if each["declared_unused_until"]]
    return Sight(len(regions), len(regions) - len(failed) - len(declared), declared, failed, missing)


@dataclass(frozen=True, slots=True)
class Population:
    """How many paths; of a draft ``number`` is what would be frozen now. ``before`` is the review compared with."""

    number: int
    changes: Sequence[tuple[Change, Word, int]]
    before: Campaign | None
    removed: Sequence[ReviewItem]


def population_of(campaign: Campaign) -> Population:
    """Counted by what became of each path since the last signed review; at most four queries."""
    if campaign.state == CampaignState.DRAFT:
        return Population(population(campaign).order_by().count(), (), None, ())
    numbers = dict(campaign.items.order_by().values_list("change").annotate(Count("pk")))
    before = last_campaign(campaign)
    return Population(
        campaign.item_count,
        [(change, CHANGE[change], numbers.get(change.value, 0)) for change in Change],
        before,
        _removed(campaign, before) if before and campaign.removed_count else (),
    )


def _removed(campaign: Campaign, before: Campaign) -> list[ReviewItem]:
    """What the last review saw and this one no longer found."""
    gone = before.items.exclude(path_key__in=campaign.items.order_by().values("path_key"))
    return list(gone.select_related("identity", "delegation")[:_MOST_REMOVED])


def exclusions(campaign: Campaign) -> list[str]:
    """What nobody looked at, in words."""
    if campaign.exclusions:
        return [each["what"] for each in campaign.exclusions]
    return list(EXCLUDED_KINDS.values())


def scope_words(campaign: Campaign) -> list[str]:
    """What the population was narrowed to; empty for everything."""
    named = {kind: ", ".join(_names(kind, keys)) for kind, keys in campaign.scope.items()}
    return [f"{kind.replace('_', ' ').capitalize()}: {names}" for kind, names in named.items()]


def _names(kind: str, keys: Sequence[str]) -> list[str]:
    known = dict(ENVIRONMENT)
    if kind == "account":
        known = dict(Account.objects.filter(account_id__in=keys).values_list("account_id", "name"))
    elif kind == "vendor":
        known = {str(pk): name for pk, name in Vendor.objects.filter(pk__in=keys).values_list("pk", "name")}
    elif kind == "team":
        known = {str(pk): name for pk, name in Team.objects.filter(pk__in=keys).values_list("pk", "name")}
    return [known.get(key) or key for key in keys]

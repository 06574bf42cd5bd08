"""What a review wants taken out or changed, and what readings have shown of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from approvals.campaign_words import DECISION
from approvals.models import Campaign, ReviewItem
from approvals.rows.campaigns import WANTED
from approvals.rules.campaigns import CampaignState, ItemDecision
from inventory.models import Delegation
from inventory.policy.reach import Reach
from inventory.words import SIGHT, Word

MOST_SHOWN = 100
_BLIND = ("denied", "unavailable", "failed", "never")


@dataclass(frozen=True, slots=True)
class Removal:
    """One item; ``why_not`` says why it does not count as done, and is empty where a reading has shown it."""

    item: ReviewItem
    word: Word
    why_not: str


@dataclass(frozen=True, slots=True)
class Removals:
    """What is not verified first, at most :data:`MOST_SHOWN` rows of ``total``."""

    rows: Sequence[Removal]
    total: int
    verified: int
    missed: int

    @property
    def left(self) -> int:
        """How many no reading has shown."""
        return self.total - self.verified


def removals(campaign: Campaign, at: datetime) -> Removals:
    """Two queries, however many items there are."""
    wanted = campaign.items.filter(decision__in=WANTED)
    numbers = wanted.order_by().aggregate(
        total=Count("pk"),
        verified=Count("pk", filter=Q(verified_at__isnull=False)),
        missed=Count("pk", filter=Q(decision=ItemDecision.NOT_REVIEWED)),
    )
    unclear = Delegation.objects.live().filter(identity=OuterRef("identity"), reach=Reach.UNDETERMINED)
    rows = wanted.select_related("identity__scope__account", "delegation", "task", "verified_by_run")
    shown = rows.annotate(is_unclear=Exists(unclear)).order_by("verified_at", "position")
    found = [
        Removal(item, DECISION[ItemDecision(item.decision)], _why_not(item, campaign, at))
        for item in shown[:MOST_SHOWN]
    ]
    return Removals(sorted(found, key=lambda each: each.item.verified_at is not None), **numbers)


def _why_not(item: ReviewItem, campaign: Campaign, at: datetime) -> str:
    if item.verified_at is not None:
        return ""
    if CampaignState(campaign.state).is_final:
        return "No reading had shown it when the review ended."
    read_at = item.identity.gone_at or item.identity.last_read_at
    if item.decided_at is not None and read_at <= item.decided_at:
        seen = item.identity.scope.sight(at)
        return (
            f"Could not look since: {SIGHT[seen].label.lower()}." if seen in _BLIND else "Not read since the decision."
        )
    if item.is_unclear:  # type: ignore[attr-defined]  # annotated above
        return "A policy of this identity cannot be understood, so nobody can say."
    return f"The reading of {read_at:%Y-%m-%d} still shows it."

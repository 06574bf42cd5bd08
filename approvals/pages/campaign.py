"""One review, for who runs it and who audits it."""

from datetime import datetime

from django.db.models import Count, Q

from approvals.campaign_words import CAMPAIGN_STATE
from approvals.models import Campaign, ReviewItem
from approvals.pages.campaign_completeness import exclusions, population_of, scope_words, sight
from approvals.pages.campaign_progress import HEIGHT, WIDTH, burndown, sides
from approvals.pages.campaign_removals import Removals, removals
from approvals.pages.campaign_sentence import sentence
from approvals.rules.campaigns import CampaignState, ItemDecision, may_follow
from approvals.services.campaigns.campaigns import RUNS_CAMPAIGNS, day_of
from approvals.services.campaigns.paces import paces
from approvals.services.evidence.editions import is_told
from approvals.services.evidence.sealing import SEALED_FROM, SEALS
from inventory.models import User

RELATED = ("fallback_team", "created_by", "staged_by", "overridden_by", "signed_by")


def campaign_context(user: User, campaign: Campaign, at: datetime) -> dict[str, object]:
    """Everything on the page of one review; a fixed number of queries."""
    state = CampaignState(campaign.state)
    is_draft = state is CampaignState.DRAFT
    wanted = removals(campaign, at)
    packs = list(campaign.packs.select_related("sealed_by").order_by("-edition"))
    return {
        "campaign": campaign,
        "word": CAMPAIGN_STATE[state],
        "sentence": sentence(campaign, wanted, at),
        "scope": scope_words(campaign),
        "sight": sight(campaign, at),
        "population": population_of(campaign),
        "exclusions": exclusions(campaign),
        "burndown": burndown(campaign, at),
        "width": WIDTH,
        "height": HEIGHT,
        "sides": [] if is_draft else sides(campaign),
        "paces": [] if is_draft else paces(campaign),
        "removals": wanted,
        "packs": packs,
        "is_told": bool(packs) and is_told(campaign, packs[0]),
        "mine": own_numbers(user, campaign, at),
    } | _may(user, campaign, wanted, at)


def _may(user: User, campaign: Campaign, wanted: Removals, at: datetime) -> dict[str, object]:
    """What the person can do here now; the services decide, the page only offers."""
    state = CampaignState(campaign.state)
    runs = user.has_role(RUNS_CAMPAIGNS)
    is_late = day_of(at) > campaign.remediate_by_on
    return {
        "may_stage": runs and state in (CampaignState.DRAFT, CampaignState.STAGED),
        "may_change": runs and state is CampaignState.DRAFT,
        "may_unstage": runs and state is CampaignState.STAGED,
        "may_activate": runs and state is CampaignState.STAGED,
        "may_cancel": runs and may_follow(state, CampaignState.CANCELLED),
        "may_sign": runs and state is CampaignState.DECIDED,
        "may_close": runs and state is CampaignState.REMEDIATING and is_late and wanted.left > 0,
        "may_seal": user.has_role(SEALS) and state in SEALED_FROM,
        "may_download": user.reads_audit,
    }


def own_numbers(user: User, campaign: Campaign, at: datetime) -> dict[str, int]:
    """How many items this person may decide on, and how many of them wait."""
    items = ReviewItem.objects.filter(campaign=campaign).assigned_to(user, on=day_of(at)).order_by()
    return items.aggregate(
        total=Count("pk", distinct=True),
        waiting=Count("pk", distinct=True, filter=Q(decision=ItemDecision.PENDING)),
    )

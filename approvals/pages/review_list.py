"""How a review stands for its reader, above the list of its items, and what may be done with many at once."""

from collections.abc import Mapping

from django.db.models import Count, Q
from django.utils import timezone

from approvals.forms.review_items import HandOnForm
from approvals.models import Campaign, ReviewItem
from approvals.pages.review_queue import waiting_for
from approvals.rules.campaigns import CampaignState, ItemDecision
from approvals.services.campaigns.campaigns import RUNS_CAMPAIGNS
from inventory.models import User


def item_status(user: User, *, campaign: Campaign) -> Mapping[str, object]:
    """What is left for the reader, and of all that they see."""
    shown = ReviewItem.objects.visible_to(user).filter(campaign=campaign).order_by()
    is_open = Q(decision=ItemDecision.PENDING)
    numbers = shown.aggregate(total=Count("pk"), pending=Count("pk", filter=is_open))
    left = waiting_for(user, campaign, on=timezone.localdate()).count()
    return {"campaign": campaign, "left": left, **numbers}


def item_tools(user: User, *, campaign: Campaign) -> Mapping[str, object]:
    """Nothing where nobody decides any more, or the reader has nothing to decide here."""
    if campaign.state != CampaignState.ACTIVE:
        return {}
    runs = user.has_role(RUNS_CAMPAIGNS)
    mine = waiting_for(user, campaign, on=timezone.localdate()).exists()
    return {"campaign": campaign, "form": HandOnForm(auto_id="hand-on-%s")} if mine or runs else {}

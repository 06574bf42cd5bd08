"""The queue of a reviewer: what waits for them in a review, in its order."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from approvals.models import Campaign, ReviewItem
from approvals.models.review_items import ReviewItemQuerySet
from approvals.rules.campaigns import CampaignState
from inventory.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review with what is left in it for the reader."""

    campaign: Campaign
    number: int


def waiting_for(user: User, campaign: Campaign, *, on: date) -> ReviewItemQuerySet:
    """What the person may decide and nobody has; nothing where the review is not open."""
    items = ReviewItem.objects.filter(campaign=campaign).pending().assigned_to(user, on=on)
    return items if campaign.state == CampaignState.ACTIVE else items.none()


def next_item(user: User, campaign: Campaign, *, after: int, on: date) -> int | None:
    """The key of the next item after a position, from the start again at the end; ``None`` where nothing is left."""
    keys = waiting_for(user, campaign, on=on).order_by("position").values_list("pk", flat=True)
    return keys.filter(position__gt=after).first() or keys.first()


def waiting_reviews(user: User, *, on: date) -> list[Waiting]:
    """The open reviews in which something waits for the person, what is due first; two queries."""
    items = ReviewItem.objects.filter(campaign__state=CampaignState.ACTIVE).pending().assigned_to(user, on=on)
    numbers = dict(items.order_by().values_list("campaign").annotate(number=Count("pk")))
    campaigns = Campaign.objects.filter(pk__in=numbers).order_by("due_on", "pk")
    return [Waiting(each, numbers[each.pk]) for each in campaigns]

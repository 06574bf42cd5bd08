"""Review items as lists show them."""

from django.db.models import QuerySet

from approvals.models import Campaign, ReviewItem
from inventory.models import User


def review_items(user: User, *, campaign: Campaign) -> QuerySet[ReviewItem]:
    """The items of one review that the person may see, in its order."""
    related = ("identity__scope__account", "delegation", "reviewer_team", "reviewer_user", "decided_by", "campaign")
    rows = ReviewItem.objects.visible_to(user).filter(campaign=campaign)
    return rows.select_related(*related, "grant__vendor", "grant__line__request").order_by("position")

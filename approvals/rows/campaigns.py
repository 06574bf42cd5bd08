"""Reviews as lists show them."""

from datetime import date

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import ItemDecision
from inventory.models import User

WANTED = (ItemDecision.REVOKE, ItemDecision.MODIFY, ItemDecision.NOT_REVIEWED)


def campaigns(user: User) -> QuerySet[Campaign]:
    """The reviews that the person may see, the latest period first, with the numbers of what they see of each.

    ``total``, ``pending``, ``missed``, ``wanted`` (to be removed or changed), ``verified`` (of those, shown by a
    reading) and ``overdue`` (undecided after the due day, or not shown after the day by which it was to be).
    """
    items = ReviewItem.objects.visible_to(user).filter(campaign=OuterRef("pk"))
    on = timezone.localdate()
    late = Q(decision=ItemDecision.PENDING, campaign__due_on__lt=on)
    late |= Q(decision__in=WANTED, verified_at=None, campaign__remediate_by_on__lt=on)
    return (
        Campaign.objects.visible_to(user)
        .select_related("signed_by")
        .annotate(
            total=F("item_count") if user.reads_inventory else _number(items),
            pending=_number(items.filter(decision=ItemDecision.PENDING)),
            missed=_number(items.filter(decision=ItemDecision.NOT_REVIEWED)),
            wanted=_number(items.filter(decision__in=WANTED)),
            verified=_number(items.filter(decision__in=WANTED, verified_at__isnull=False)),
            overdue=_number(items.filter(late)),
        )
        .order_by("-period_to", "-pk")
    )


def narrowed_to_late(rows: QuerySet[Campaign], on: date) -> QuerySet[Campaign]:
    """Those on which something should have been done by a day that is past."""
    undecided = Q(state="active", due_on__lt=on)
    return rows.filter(undecided | Q(state="remediating", remediate_by_on__lt=on))


def _number(items: QuerySet[ReviewItem]) -> Coalesce:
    counted = items.order_by().values("campaign").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))

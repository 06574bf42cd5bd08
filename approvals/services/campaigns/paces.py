"""Paces: how fast each reviewer of a campaign decided, from what was recorded."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count

from approvals.models import Campaign, ReviewDecision
from approvals.rules.campaigns import ItemDecision
from approvals.rules.pace import Pace, Spoken, pace_of, warning
from inventory.models import User

_LATEST = 200


@dataclass(frozen=True, slots=True)
class ReviewerPace:
    """One reviewer; ``in_bulk`` items were kept many at once and do not count for the pace."""

    user: User
    pace: Pace
    in_bulk: int


def paces(campaign: Campaign) -> list[ReviewerPace]:
    """Everybody who decided something, by name; three queries."""
    said = ReviewDecision.objects.filter(item__campaign=campaign, decided_by__isnull=False).order_by()
    numbers = said.filter(is_bulk=True).values("decided_by").annotate(number=Count("pk"))
    in_bulk = {row["decided_by"]: row["number"] for row in numbers}
    alone = said.filter(is_bulk=False).order_by("decided_by", "decided_at")
    rows = alone.values_list("decided_by", "decided_at", "decision").iterator(chunk_size=2000)
    found = {
        user_id: pace_of([_spoken(at, decision) for _, at, decision in theirs])
        for user_id, theirs in groupby(rows, key=lambda row: row[0])
    }
    people = User.objects.filter(pk__in={*found, *in_bulk}).order_by("name", "pk")
    return [ReviewerPace(each, found.get(each.pk) or pace_of([]), in_bulk.get(each.pk, 0)) for each in people]


def pace_warning(user: User, campaign: Campaign, *, at: datetime) -> str:
    """The sentence of :func:`approvals.rules.pace.warning` for somebody who decides in a campaign just now."""
    said = ReviewDecision.objects.filter(decided_by=user, item__campaign=campaign, is_bulk=False)
    rows = said.order_by("-decided_at").values_list("decided_at", "decision")[:_LATEST]
    return warning([_spoken(*row) for row in rows], at=at)


def _spoken(at: datetime, decision: str) -> Spoken:
    return Spoken(at, decision == ItemDecision.CERTIFY)

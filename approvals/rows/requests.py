"""Requests as lists show them."""

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from approvals.models import ApprovalSlot, GrantRequest
from approvals.services.requests.deciders import lines_shown_to, requests_shown_to
from inventory.models import User


def requests(user: User) -> QuerySet[GrantRequest]:
    """The requests that the person may see or decide, the newest first: three queries for any number of rows."""
    slots = ApprovalSlot.objects.filter(submission=F("line__request__submissions")).select_related("decided_by")
    lines = lines_shown_to(user, at=timezone.now()).select_related("identity").order_by("pk")
    rows = requests_shown_to(user, at=timezone.now()).select_related("requester", "vendor")
    rows = rows.prefetch_related(Prefetch("lines", lines.prefetch_related(Prefetch("slots", slots.order_by("kind")))))
    return rows.order_by("-pk")

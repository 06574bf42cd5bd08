"""Warnings: who has not decided yet hears of it a day before the request lapses."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from approvals.models import ApprovalSlot, GrantRequest
from approvals.services.requests.deciders import deciders_of
from inventory.models import Notice, User
from inventory.services.each import do_each
from inventory.services.notices.notices import NoticeKind, tell

WARNED_BEFORE = timedelta(hours=24)


def warn_of_lapses(*, at: datetime) -> int:
    """Warn of each request that lapses within 24 hours and was not warned of; how many."""
    lapsing = GrantRequest.objects.pending().filter(lapses_at__gt=at, lapses_at__lte=at + WARNED_BEFORE)
    keys = {_key(request): request for request in lapsing}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    untold = [request for key, request in keys.items() if key not in told]
    return sum(do_each(lambda request: _warn(request, at=at), untold))


def _warn(request: GrantRequest, *, at: datetime) -> bool:
    slots = ApprovalSlot.objects.waiting(at).filter(line__request=request).select_related("line__identity")
    on = timezone.localdate(at)
    people = frozenset[int]().union(*deciders_of(list(slots), on=on).values())
    if not people or request.lapses_at is None:
        return False
    names = sorted({slot.line.identity.name for slot in slots})
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    until = timezone.localtime(request.lapses_at)
    tell(
        User.objects.filter(pk__in=people),
        kind=NoticeKind.DECIDE,
        key=_key(request),
        text=f"A request about {names[0]}{more} still waits for you: it lapses on {until:%-d %b} at {until:%H:%M}.",
        path=reverse("approvals:request_detail", args=[request.pk]),
        at=at,
        is_urgent=True,
    )
    return True


def _key(request: GrantRequest) -> str:
    return f"request {request.pk} lapses {request.submissions}"

"""Who is told of a request: those who may decide once it is submitted, and who asked once something came of it."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from approvals.models import ApprovalSlot, GrantRequest
from approvals.services.requests.deciders import deciders_of
from inventory.models import User
from inventory.services.notices.notices import NoticeKind, answered, tell

_LONGEST = 900


def tell_deciders(request: GrantRequest, *, at: datetime) -> None:
    """Everybody who may fill a slot of the last submission, once each."""
    slots = ApprovalSlot.objects.filter(line__request=request, submission=request.submissions)
    on = timezone.localdate(at)
    people = frozenset[int]().union(*deciders_of(list(slots.select_related("line__identity")), on=on).values())
    asks = f"{request.requester or 'sesgov'} asks"
    until = f" Decide until {timezone.localtime(request.lapses_at):%-d %b}." if request.lapses_at else ""
    tell(
        User.objects.filter(pk__in=people),
        kind=NoticeKind.DECIDE,
        key=f"request {request.pk} submitted {request.submissions}",
        text=f"{asks} for a decision: {_what(request)}.{until}",
        path=_page(request),
        at=at,
    )


def tell_requester(request: GrantRequest, what: str, *, at: datetime) -> None:
    """Who asked, of what came of it; nobody where sesgov itself asked. Nobody is waited for any more."""
    answered((f"request {request.pk} {step} {request.submissions}" for step in ("submitted", "lapses")), at=at)
    if request.requester is not None:
        tell(
            [request.requester],
            kind=NoticeKind.DECIDED,
            key=f"request {request.pk} {request.state} {request.submissions}",
            text=f"Your request is {what}. It was about {_what(request)}."[:_LONGEST],
            path=_page(request),
            at=at,
        )


def _what(request: GrantRequest) -> str:
    """``Renewal for Brightmail as shop.example.com and 2 more``."""
    names = list(request.lines.order_by("pk").values_list("identity__name", flat=True))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    who = f" for {request.vendor}" if request.vendor else ""
    return f"{request.get_kind_display().lower()}{who} as {names[0]}{more}" if names else f"request {request.pk}"


def _page(request: GrantRequest) -> str:
    return reverse("approvals:request_detail", args=[request.pk])

"""Stand-ins: somebody whom security appoints to decide for the owner's side, for one request alone."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from approvals.models import ApprovalSlot, GrantRequest
from approvals.rules.deciders import DECIDING_ROLES, NO_ROLE, SlotKind
from approvals.rules.states import LineState, RequestState
from approvals.services.requests.requests import is_overdue
from inventory.models import Role, User
from inventory.services.audit import record
from inventory.services.notices.notices import NoticeKind, tell
from inventory.services.refusals import ConflictError, RefusedError, check_text


@transaction.atomic
def appoint_stand_in(
    request_id: int, stand_in: User, *, reason: str, acting_user: User, at: datetime
) -> list[ApprovalSlot]:
    """Let this person fill the open owner slots of the request, beside the owner's side; another replaces the first.

    Security appoints, and nobody themselves. Never the requester, nor somebody who decided on any of its slots.
    """
    request = GrantRequest.objects.select_for_update().get(pk=request_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team appoints a stand-in.")
    _check_reason(reason)
    if request.state != RequestState.PENDING or is_overdue(request, at):
        raise ConflictError("The request waits for nobody any more.")
    _check_stand_in(request, stand_in, acting_user)
    slots = list(
        ApprovalSlot.objects.filter(
            line__request=request,
            line__state=LineState.OPEN,
            submission=request.submissions,
            kind=SlotKind.OWNER,
            verdict=ApprovalSlot.Verdict.OPEN,
        )
    )
    if not slots:
        raise ConflictError("The owner's side has decided already.")
    changed = [slot for slot in slots if slot.stand_in_id != stand_in.pk]
    for slot in changed:
        slot.stand_in = stand_in
        slot.save(update_fields=["stand_in"])
    if changed:
        data = {"stand_in": stand_in.email, "reason": reason.strip(), "slots": [slot.pk for slot in changed]}
        record(at=at, actor=acting_user, action="request.stand_in_appointed", target=request, data=data)
        _tell(request, stand_in, at=at)
    return slots


def stand_ins_for(request: GrantRequest, acting_user: User) -> QuerySet[User]:
    """Whom somebody may appoint: one query."""
    decided = ApprovalSlot.objects.filter(line__request=request, submission=request.submissions)
    people = (
        User.objects.active()
        .filter(roles__overlap=DECIDING_ROLES)
        .exclude(pk=acting_user.pk)
        .exclude(pk=request.requester_id or 0)
    )
    return people.exclude(pk__in=decided.filter(decided_by__isnull=False).values("decided_by")).order_by(
        "name", "email"
    )


def _check_reason(reason: str) -> None:
    check_text("reason", reason, 2000)
    if not reason.strip():
        raise RefusedError("reason", "Say why the owner's side cannot decide.")


def _check_stand_in(request: GrantRequest, stand_in: User, acting_user: User) -> None:
    stand_in.refresh_from_db()
    if not stand_in.is_active:
        raise RefusedError("stand_in", f"{stand_in} has left. Choose somebody who is here.")
    if not stand_in.has_role(DECIDING_ROLES):
        raise RefusedError("stand_in", f"{stand_in} cannot stand in. {NO_ROLE}")
    if stand_in.pk == request.requester_id:
        raise RefusedError("stand_in", f"{stand_in} asked for this: somebody else has to decide.")
    if stand_in.pk == acting_user.pk:
        raise RefusedError("stand_in", "Nobody appoints themselves. Choose somebody else, or have a colleague do it.")
    decided = ApprovalSlot.objects.filter(line__request=request, submission=request.submissions, decided_by=stand_in)
    if decided.exists():
        raise RefusedError("stand_in", f"{stand_in} has decided for the other side already: a second person has to.")


def _tell(request: GrantRequest, stand_in: User, *, at: datetime) -> None:
    tell(
        [stand_in],
        kind=NoticeKind.DECIDE,
        key=f"stand-in:{request.pk}:{request.submissions}",
        text="Security asks you to decide for the owner's side of one request for access.",
        path=reverse("approvals:request_detail", args=[request.pk]),
        at=at,
    )

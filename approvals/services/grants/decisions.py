"""Decisions: one slot filled by one person; the second approval makes the grant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from approvals.models import ApprovalSlot, GrantRequest
from approvals.rules.deciders import SLOTS, SlotKind
from approvals.rules.states import LineState, RequestState
from approvals.services.grants.grants import grant_line
from approvals.services.requests.deciders import refusal_of
from approvals.services.requests.request_notices import tell_requester
from approvals.services.requests.requests import is_overdue
from inventory.models import Role, User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody says: ``terms_hash`` names what they saw, ``ends_on`` an earlier last day, if any."""

    is_approved: bool
    terms_hash: str
    comment: str = ""
    ends_on: date | None = None
    signed_in_by: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one decision of several: ``refusal`` says why it was not taken, where it was not."""

    slot: ApprovalSlot
    refusal: RefusedError | ConflictError | None = None


def decide_each(verdicts: Mapping[int, Verdict], *, acting_user: User, at: datetime) -> list[Decided]:
    """Fill several slots, each in a transaction of its own: what is refused of one stops none of the others."""
    slots = ApprovalSlot.objects.select_related("line__identity", "line__request").in_bulk(verdicts)
    done = []
    for slot_id in sorted(slots):
        try:
            done.append(Decided(decide(slot_id, verdicts[slot_id], acting_user=acting_user, at=at)))
        except (RefusedError, ConflictError) as refusal:
            done.append(Decided(slots[slot_id], refusal))
    return done


@transaction.atomic
def decide(slot_id: int, verdict: Verdict, *, acting_user: User, at: datetime) -> ApprovalSlot:
    """Fill a slot. Raises :class:`RefusedError` for who may not, :class:`ConflictError` for what is no longer so."""
    slot = _locked(slot_id)
    request, line = slot.line.request, slot.line
    on = timezone.localdate(at)
    _check_open(slot, request, at)
    acting_user.refresh_from_db()
    refusal = refusal_of(acting_user, slot, on=on)
    if refusal is not None:
        raise RefusedError("person", refusal)
    if verdict.terms_hash != line.terms_hash:
        raise ConflictError("The terms have changed since you opened them. Read them again, then decide.")
    _check_verdict(slot, verdict, on)
    slot.verdict = ApprovalSlot.Verdict.APPROVED if verdict.is_approved else ApprovalSlot.Verdict.REJECTED
    slot.decided_by, slot.decided_at, slot.terms_hash = acting_user, at, line.terms_hash
    slot.role_held = _role_held(slot, acting_user)
    slot.comment, slot.ends_on, slot.signed_in_by = verdict.comment.strip(), verdict.ends_on, verdict.signed_in_by
    slot.save()
    record(at=at, actor=acting_user, action=f"slot.{slot.verdict}", target=slot, data=_said(slot))
    _follow(slot, at=at)
    return slot


def _locked(slot_id: int) -> ApprovalSlot:
    """The slot, with its request locked first: whoever decides on any line of it waits here."""
    request_id = ApprovalSlot.objects.values_list("line__request_id", flat=True).get(pk=slot_id)
    GrantRequest.objects.select_for_update().get(pk=request_id)
    return ApprovalSlot.objects.select_related(
        "line__request__vendor", "line__request__requester", "line__identity", "line__predecessor"
    ).get(pk=slot_id)


def _check_open(slot: ApprovalSlot, request: GrantRequest, at: datetime) -> None:
    if slot.verdict:
        raise ConflictError(f"{slot.decided_by} has {slot.verdict} this already.")
    if slot.submission != request.submissions:
        raise ConflictError("The terms have changed since you opened them. Read them again, then decide.")
    if request.state != RequestState.PENDING:
        raise ConflictError(f"The request is {request.state.replace('_', ' ')}: there is nothing to decide.")
    if slot.line.state != LineState.OPEN:
        raise ConflictError("This line was rejected already.")
    if is_overdue(request, at):
        raise ConflictError("The request has lapsed: nobody decided in time. Ask anew.")


def _check_verdict(slot: ApprovalSlot, verdict: Verdict, on: date) -> None:
    check_text("comment", verdict.comment, 2000)
    if not verdict.is_approved:
        if not verdict.comment.strip():
            raise RefusedError("comment", "Say why, so that whoever asked can do better.")
        return
    if verdict.ends_on is None:
        return
    asked = slot.line.grant_terms.ends_on
    if not on <= verdict.ends_on <= asked:
        raise RefusedError("ends_on", f"Choose a last day from {on} to {asked}, the one that was asked for.")


def _role_held(slot: ApprovalSlot, user: User) -> str:
    if slot.kind == SlotKind.SECURITY:
        return Role.SECURITY.value
    return "stand-in" if slot.stand_in_id == user.pk else "owner"


def _follow(slot: ApprovalSlot, *, at: datetime) -> None:
    """What the decision means for the line and the request."""
    line, request = slot.line, slot.line.request
    slots = list(line.slots.filter(submission=slot.submission).select_related("decided_by"))
    if slot.verdict == ApprovalSlot.Verdict.REJECTED:
        line.state = LineState.REJECTED
        line.save(update_fields=["state"])
    elif len(slots) == len(SLOTS) and all(each.verdict == ApprovalSlot.Verdict.APPROVED for each in slots):
        line.state = LineState.APPROVED
        line.save(update_fields=["state"])
        grant_line(line, slots, acting_user=slot.decided_by, at=at)
    states = set(request.lines.values_list("state", flat=True))
    if LineState.OPEN not in states:
        request.state = RequestState.APPROVED if LineState.APPROVED in states else RequestState.REJECTED
        request.ended_at = at
        request.save(update_fields=["state", "ended_at"])
        record(at=at, actor=slot.decided_by, action=f"request.{request.state}", target=request)
        tell_requester(request, f"{request.state} by {slot.decided_by}", at=at)


def _said(slot: ApprovalSlot) -> dict[str, object]:
    return {
        "request": slot.line.request_id,
        "identity": slot.line.identity.arn,
        "slot": slot.kind,
        "terms_hash": slot.terms_hash,
        "role_held": slot.role_held,
        "signed_in_by": slot.signed_in_by,
        "comment": slot.comment,
        "ends_on": slot.ends_on,
    }

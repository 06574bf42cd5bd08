"""Requests: drafted, submitted, withdrawn, sent back, lapsed. Each is one transaction with its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from approvals.models import ApprovalSlot, Grant, GrantRequest, RequestLine
from approvals.rules.calendar import LAPSE_AFTER
from approvals.rules.deciders import SLOTS
from approvals.rules.hashes import terms_hash
from approvals.rules.risk import risk_class
from approvals.rules.states import RequestState, may_follow
from approvals.services.requests.deciders import refusal_of
from approvals.services.requests.request_notices import tell_deciders, tell_requester
from approvals.services.requests.terms_guard import Asked, check_asked
from inventory.models import Identity, Role, User, Vendor
from inventory.policy.grants.terms import GrantTerms
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.refusals import ConflictError, RefusedError, check_text, check_words
from inventory.services.settings.in_force import in_force

ASKS = frozenset({Role.OWNER, Role.SECURITY, Role.VENDOR_MANAGER, Role.ADMIN})
_SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One identity with its terms; ``predecessor`` is the grant that is renewed or changed."""

    identity: Identity
    terms: GrantTerms
    predecessor: Grant | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for."""

    kind: str
    justification: str
    lines: Sequence[Line]
    vendor: Vendor | None = None
    ticket: str = ""


@transaction.atomic
def save_draft(asked: Request, *, acting_user: User | None, at: datetime) -> GrantRequest:
    """Write a request that nobody is asked about yet; ``acting_user`` is ``None`` for sesgov itself."""
    _check_request(asked, acting_user)
    request = GrantRequest.objects.create(
        kind=asked.kind,
        requester=acting_user,
        vendor=asked.vendor,
        justification=asked.justification.strip(),
        ticket=asked.ticket.strip(),
        created_at=at,
    )
    _write_lines(request, asked)
    record(at=at, actor=acting_user, action="request.drafted", target=request, data=_said(request))
    return request


@transaction.atomic
def change_draft(request_id: int, asked: Request, *, acting_user: User | None, at: datetime) -> GrantRequest:
    """Replace what a draft, or a request that was sent back, asks for; earlier approvals no longer count."""
    request = _locked(request_id)
    _check_requester(request, acting_user)
    if request.state not in (RequestState.DRAFT, RequestState.CHANGES_REQUESTED):
        raise ConflictError(f"The request is {_words(request)} and can no longer be changed.")
    _check_request(asked, acting_user)
    request.kind, request.vendor = asked.kind, asked.vendor
    request.justification, request.ticket = asked.justification.strip(), asked.ticket.strip()
    request.save(update_fields=["kind", "vendor", "justification", "ticket"])
    _write_lines(request, asked)
    record(at=at, actor=acting_user, action="request.changed", target=request, data=_said(request))
    return request


@transaction.atomic
def submit(request_id: int, *, acting_user: User | None, at: datetime) -> GrantRequest:
    """Freeze the terms and open both slots of each line; whoever has to decide has seven days."""
    request = _locked(request_id)
    _check_requester(request, acting_user)
    _go(request, RequestState.PENDING)
    on = timezone.localdate(at)
    lines = list(request.lines.select_related("identity", "predecessor"))
    for line in lines:
        check_asked(asked_of(request, line), on=on)
    request.submissions += 1
    request.submitted_at, request.lapses_at = at, at + LAPSE_AFTER
    request.save(update_fields=["state", "submissions", "submitted_at", "lapses_at"])
    ApprovalSlot.objects.bulk_create(
        ApprovalSlot(line=line, submission=request.submissions, kind=kind, requester=request.requester)
        for line in lines
        for kind in SLOTS
    )
    record(at=at, actor=acting_user, action="request.submitted", target=request, data=_said(request))
    tell_deciders(request, at=at)
    return request


@transaction.atomic
def withdraw(request_id: int, *, acting_user: User, at: datetime) -> GrantRequest:
    """The requester no longer wants it."""
    request = _locked(request_id)
    _check_requester(request, acting_user)
    _check_not_given(request)
    return _end(request, RequestState.WITHDRAWN, acting_user=acting_user, at=at)


@transaction.atomic
def withdraw_for(request_id: int, *, reason: str, acting_user: User, at: datetime) -> GrantRequest:
    """End a request for somebody else, since what it asks for can no longer be given; the caller knows who may."""
    request = _locked(request_id)
    return _end(request, RequestState.WITHDRAWN, acting_user=acting_user, at=at, reason=reason)


@transaction.atomic
def ask_for_changes(
    request_id: int, *, comment: str, acting_user: User, at: datetime, submission: int | None = None
) -> GrantRequest:
    """An approver sends the request back with what should be different; every slot is to be filled anew.

    ``submission`` is the one that the approver read, where a page knows it.
    """
    request = _locked(request_id)
    if submission not in (None, request.submissions):
        raise ConflictError("The terms have changed since you opened them. Read them again, then decide.")
    check_text("comment", comment, 2000)
    if not comment.strip():
        raise RefusedError("comment", "Say what should be different.")
    on = timezone.localdate(at)
    slots = ApprovalSlot.objects.filter(line__request=request, submission=request.submissions)
    refusals = [refusal_of(acting_user, slot, on=on) for slot in slots.select_related("line__identity")]
    if refusals and all(refusals):
        raise RefusedError("person", next(each for each in refusals if each))
    _check_not_given(request)
    if request.lines.exclude(state="open").exists():
        raise ConflictError("A line of this request is decided already; reject the others with a comment.")
    _go(request, RequestState.CHANGES_REQUESTED)
    request.save(update_fields=["state"])
    data = {"comment": comment.strip(), "submission": request.submissions}
    record(at=at, actor=acting_user, action="request.sent_back", target=request, data=data)
    tell_requester(request, f"sent back by {acting_user}: {comment.strip()}", at=at)
    return request


def lapse_overdue(*, at: datetime) -> int:
    """End the requests that nobody decided in time, each in a transaction of its own; how many."""
    overdue = GrantRequest.objects.exclude(kind=GrantRequest.Kind.BREAK_GLASS).filter(
        state__in=(RequestState.PENDING, RequestState.CHANGES_REQUESTED), lapses_at__lte=at
    )
    return sum(do_each(lambda request_id: _lapse(request_id, at=at), list(overdue.values_list("pk", flat=True))))


@transaction.atomic
def _lapse(request_id: int, *, at: datetime) -> bool:
    return lapse(request_id, at=at)


def lapse(request_id: int, *, at: datetime) -> bool:
    """End one request, if its time is over; within a transaction."""
    request = _locked(request_id)
    if RequestState(request.state).is_final or not is_overdue(request, at):
        return False
    _end(request, RequestState.LAPSED, acting_user=None, at=at)
    tell_requester(request, "over, since nobody decided in time", at=at)
    return True


def is_overdue(request: GrantRequest, at: datetime) -> bool:
    """Whether the time to decide is over, whether or not anybody has written it down yet."""
    return request.lapses_at is not None and request.lapses_at <= at


def asked_of(request: GrantRequest, line: RequestLine) -> Asked:
    """A stored line as the guard takes it."""
    return Asked(
        identity=line.identity,
        terms=line.grant_terms,
        vendor=request.vendor,
        predecessor=line.predecessor,
        is_adopted=request.kind == GrantRequest.Kind.ADOPT,
    )


def _locked(request_id: int) -> GrantRequest:
    return GrantRequest.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=request_id)


def _go(request: GrantRequest, then: RequestState) -> None:
    if not may_follow(RequestState(request.state), then):
        raise ConflictError(f"The request is {_words(request)} already. Open it again to see what was done.")
    request.state = then


def _end(
    request: GrantRequest, then: RequestState, *, acting_user: User | None, at: datetime, **also: object
) -> GrantRequest:
    _go(request, then)
    request.ended_at = at
    request.save(update_fields=["state", "ended_at"])
    record(at=at, actor=acting_user, action=f"request.{then}", target=request, data=_said(request) | also)
    return request


def is_given_already(request: GrantRequest) -> bool:
    """Whether security gave the access at once: its grant is ended, not the request."""
    return request.kind == GrantRequest.Kind.BREAK_GLASS and request.lines.filter(grant__isnull=False).exists()


def _check_not_given(request: GrantRequest) -> None:
    if is_given_already(request):
        raise RefusedError("kind", "The access was given at once and is in force. Revoke the grant instead.")


def _words(request: GrantRequest) -> str:
    return request.state.replace("_", " ")


def _check_requester(request: GrantRequest, acting_user: User | None) -> None:
    if request.requester_id != (acting_user.pk if acting_user else None):
        raise RefusedError("person", "Only whoever asked may do this.")


def _check_request(asked: Request, acting_user: User | None) -> None:
    if acting_user is not None and not acting_user.has_role(ASKS):
        raise RefusedError("person", "Your role does not ask for access. Ask an identity owner or the security team.")
    if asked.kind == GrantRequest.Kind.BREAK_GLASS and not (acting_user and acting_user.has_role([Role.SECURITY])):
        raise RefusedError("kind", "Only the security team breaks the glass.")
    if asked.kind not in GrantRequest.Kind.values:
        raise RefusedError("kind", f"{asked.kind!r} is no kind of request: {', '.join(GrantRequest.Kind.values)}.")
    check_text("justification", asked.justification, 2000)
    if len(asked.justification.strip()) < _SHORTEST_REASON:
        raise RefusedError("justification", "Say in a sentence why the access is needed.")
    check_words("ticket", asked.ticket, 100)
    if not asked.ticket.strip() and in_force().require_ticket:
        raise RefusedError("ticket", "Name the ticket that this belongs to.")
    if not asked.lines:
        raise RefusedError("identity", "Name at least one identity.")
    if len({line.identity.pk for line in asked.lines}) < len(asked.lines):
        raise RefusedError("identity", "An identity is named twice; give it one line.")
    for line in asked.lines:
        _check_line(asked, line)


def _check_line(asked: Request, line: Line) -> None:
    follows = asked.kind in (GrantRequest.Kind.RENEW, GrantRequest.Kind.MODIFY)
    if follows != (line.predecessor is not None):
        raise RefusedError(
            "predecessor",
            "A renewal or change names the grant it follows." if follows else "Nothing new follows another grant.",
        )
    if line.predecessor is not None and line.predecessor.identity_id != line.identity.pk:
        raise RefusedError("predecessor", "The grant that is to be followed is for another identity.")
    if line.terms.time_zone != settings.SESGOV_TIME_ZONE.key:
        raise RefusedError("time_zone", f"Days are those of {settings.SESGOV_TIME_ZONE.key}.")


def _write_lines(request: GrantRequest, asked: Request) -> None:
    """The lines as they are now; one that is no longer asked for goes, unless it was decided on before."""
    wanted = {line.identity.pk: line for line in asked.lines}
    for stored in request.lines.exclude(identity__in=wanted):
        if stored.slots.exists():
            raise RefusedError("identity", f"{stored.identity} was asked for before. Withdraw this and ask anew.")
        stored.delete()
    for line in asked.lines:
        RequestLine.objects.update_or_create(
            request=request,
            identity=line.identity,
            defaults={
                "terms": line.terms.to_json(),
                "terms_hash": terms_hash(line.terms, justification=request.justification, ticket=request.ticket),
                "risk": risk_class(line.terms),
                "predecessor": line.predecessor,
            },
        )


def _said(request: GrantRequest) -> dict[str, object]:
    return {
        "kind": request.kind,
        "justification": request.justification,
        "ticket": request.ticket,
        "submission": request.submissions,
        "lines": [
            {"identity": line.identity.arn, "terms": line.terms, "terms_hash": line.terms_hash}
            for line in request.lines.select_related("identity")
        ],
    }

"""Break-glass: security on call grants at once, two people agree within two business days, or it is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from approvals.models import Grant, GrantRequest
from approvals.rules.calendar import confirm_by, last_day_of_broken_glass
from approvals.rules.states import Decision, LineState, RequestState
from approvals.services.emergencies.unconfirmed_findings import settle_unconfirmed
from approvals.services.grants.grants import end_grant, grant_at_once, locked_grant
from approvals.services.requests.requests import Line, Request, lapse, save_draft, submit, withdraw
from inventory.models import User
from inventory.policy.grants.terms import GrantTerms
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.refusals import RefusedError

_SAME_EMERGENCY = timedelta(days=30)


@transaction.atomic
def break_glass(asked: Request, *, acting_user: User, at: datetime) -> GrantRequest:
    """Grant each line now, for 72 hours at most; the request waits for both sides as any other does.

    Whoever breaks the glass is the requester, and so fills no slot. What holds for other requests holds for this one.
    """
    last = last_day_of_broken_glass(at, settings.SESGOV_TIME_ZONE)
    lines = [replace(line, terms=replace(line.terms, starts_on=None)) for line in asked.lines]
    for line in lines:
        if line.terms.means_anyone:
            raise RefusedError("principals", "Nobody lets in anyone at all alone. Ask for it, and have two agree.")
        if line.terms.ends_on > last:
            raise RefusedError("ends_on", f"What one person gives at once is over within 72 hours: until {last}.")
        _check_not_prolonged(line, at)
    draft = save_draft(
        replace(asked, kind=GrantRequest.Kind.BREAK_GLASS.value, lines=lines), acting_user=acting_user, at=at
    )
    request = submit(draft.pk, acting_user=acting_user, at=at)
    request.lapses_at = confirm_by(at, settings.SESGOV_TIME_ZONE)
    request.save(update_fields=["lapses_at"])
    for each in request.lines.select_related("request__vendor", "identity", "predecessor"):
        grant_at_once(each, confirm_by=request.lapses_at, acting_user=acting_user, at=at)
    return request


def _check_not_prolonged(line: Line, at: datetime) -> None:
    """The 72 hours are those of the first time, until two people agree to it or a month has gone by."""
    alone = Grant.objects.filter(confirm_by__isnull=False, confirmed_at=None, decided_at__gt=at - _SAME_EMERGENCY)
    rows = alone.filter(identity=line.identity).order_by("decided_at", "pk")
    first = next((each for each in rows if _is_for_the_same(each.grant_terms, line.terms)), None)
    if first is None:
        return
    last = last_day_of_broken_glass(first.decided_at, settings.SESGOV_TIME_ZONE)
    if line.terms.ends_on > last:
        raise RefusedError(
            "ends_on",
            f"They were let in at once before (grant {first.pk}), which two people did not agree to. "
            f"Alone nobody lets them in beyond {last}: ask for it, and have two agree.",
        )


def _is_for_the_same(one: GrantTerms, other: GrantTerms) -> bool:
    return bool(one.account_ids & other.account_ids or one.organizations & other.organizations)


@transaction.atomic
def break_glass_for(request_id: int, *, acting_user: User, at: datetime) -> GrantRequest:
    """Grant at once what one asked for and cannot wait for: the request gives way to one of 72 hours."""
    request = GrantRequest.objects.select_related("vendor").get(pk=request_id)
    if request.kind != GrantRequest.Kind.NEW:
        raise RefusedError("kind", "Only new access is given at once. What is in force already is renewed or changed.")
    last = last_day_of_broken_glass(at, settings.SESGOV_TIME_ZONE)
    lines = [
        Line(each.identity, replace(each.grant_terms, starts_on=None, ends_on=min(each.grant_terms.ends_on, last)))
        for each in request.lines.select_related("identity")
    ]
    withdraw(request_id, acting_user=acting_user, at=at)
    asked = Request(request.kind, request.justification, lines, request.vendor, request.ticket)
    return break_glass(asked, acting_user=acting_user, at=at)


def end_unconfirmed(*, at: datetime) -> int:
    """End what was given at once and was rejected since, or that nobody confirmed in time; how many."""
    waiting = Grant.objects.to_confirm()
    undecided = waiting.filter(line__state=LineState.OPEN, line__request__state=RequestState.PENDING)
    due = waiting.exclude(pk__in=undecided.filter(confirm_by__gt=at).values("pk"))
    return sum(do_each(lambda grant_id: _end_unconfirmed(grant_id, at=at), list(due.values_list("pk", flat=True))))


@transaction.atomic
def _end_unconfirmed(grant_id: int, *, at: datetime) -> bool:
    """The request is locked first, as a decision does."""
    request_id = Grant.objects.values_list("line__request_id", flat=True).get(pk=grant_id)
    lapse(request_id, at=at)
    grant = locked_grant(grant_id)
    waits = grant.line.state == LineState.OPEN and grant.line.request.state == RequestState.PENDING
    if waits or grant.confirmed_at or grant.unconfirmed_at:
        return False
    _end(grant, at=at)
    return True


def _end(grant: Grant, *, at: datetime) -> None:
    """Revoke it, unless it is over already, and say so as a critical finding."""
    if grant.decision in (Decision.BREAK_GLASS, Decision.SUSPENDED):
        reason = "It was given at once by one person, and two others did not agree to it."
        end_grant(grant, reason=reason, acting_user=None, at=at)
    grant.unconfirmed_at = at
    grant.save(update_fields=["unconfirmed_at"])
    record(at=at, actor=None, action="grant.unconfirmed", target=grant, data={"request": grant.line.request_id})
    settle_unconfirmed(grant.identity, run=None, at=at)

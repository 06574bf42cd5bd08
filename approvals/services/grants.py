"""Grants: made from an approved line, revoked, suspended, taken up again. Each is one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from approvals.models import Access, ApprovalSlot, Grant, RequestLine
from approvals.rules.hashes import access_hash
from approvals.rules.states import Decision, may_become
from approvals.services.deciders import person_of
from approvals.services.requests import asked_of
from approvals.services.terms_guard import check_asked, starts_on
from inventory.models import Role, User
from inventory.policy.grants.terms import GrantTerms
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text

REVERSIBLE_FOR = timedelta(hours=72)


def grant_line(line: RequestLine, slots: Sequence[ApprovalSlot], *, acting_user: User | None, at: datetime) -> Grant:
    """The grant of a line that two people approved; the earliest end that any of them set wins.

    Call it in the transaction of the second approval, with the request locked.
    """
    on = at.astimezone(settings.SESGOV_TIME_ZONE).date()
    asked = asked_of(line.request, line)
    ends_on = min([asked.terms.ends_on, *(slot.ends_on for slot in slots if slot.ends_on is not None)])
    first = starts_on(asked.terms, on=on)
    if first > ends_on:
        raise RefusedError("ends_on", f"The access would end on {ends_on}, before it begins on {first}.")
    terms = replace(asked.terms, starts_on=first, ends_on=ends_on)
    access = _locked_access(terms)
    check_asked(replace(asked, terms=terms), on=on)
    _take_over(line, first, acting_user=acting_user, at=at)
    grant = Grant.objects.create(
        line=line,
        identity=line.identity,
        vendor=line.request.vendor,
        access=access,
        terms=terms.to_json(),
        starts_on=first,
        ends_on=ends_on,
        effective_ends_on=ends_on,
        decided_at=at,
    )
    if line.predecessor is not None:
        Grant.objects.filter(pk=line.predecessor.pk).update(successor=grant)
    data = {"identity": line.identity.arn, "terms": grant.terms, "request": line.request_id}
    record(at=at, actor=acting_user, action="grant.approved", target=grant, data=data)
    return grant


def _locked_access(terms: GrantTerms) -> Access:
    """The row that all grants of this access share: whoever grants it at the same moment waits here."""
    access, _ = Access.objects.get_or_create(access_hash=access_hash(terms))
    return Access.objects.select_for_update().get(pk=access.pk)


def _take_over(line: RequestLine, first: date, *, acting_user: User | None, at: datetime) -> None:
    """The predecessor ends the day before its successor begins; its own approved end stays as it was."""
    if line.predecessor_id is None:
        return
    predecessor = Grant.objects.select_for_update().get(pk=line.predecessor_id)
    if not may_become(Decision(predecessor.decision), Decision.SUPERSEDED):
        raise ConflictError(f"Grant {predecessor.pk} is {predecessor.decision} and is not followed.")
    predecessor.decision = Decision.SUPERSEDED
    predecessor.effective_ends_on = min(predecessor.effective_ends_on, first - timedelta(days=1))
    predecessor.save(update_fields=["decision", "effective_ends_on"])
    data = {"effective_ends_on": predecessor.effective_ends_on, "ends_on": predecessor.ends_on}
    record(at=at, actor=acting_user, action="grant.superseded", target=predecessor, data=data)


@transaction.atomic
def revoke(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """End a grant now: the owner's side or security, alone, since it only takes access away."""
    grant = _locked(grant_id)
    _check_may_end(grant, acting_user, at)
    _check_reason(reason)
    on = at.astimezone(settings.SESGOV_TIME_ZONE).date()
    if grant.effective_ends_on < on:
        raise ConflictError(f"Grant {grant.pk} ended on {grant.effective_ends_on} already.")
    _become(grant, Decision.REVOKED)
    grant.revoked_at, grant.effective_ends_on = at, min(grant.effective_ends_on, on)
    grant.save(update_fields=["decision", "revoked_at", "effective_ends_on"])
    record(at=at, actor=acting_user, action="grant.revoked", target=grant, data={"reason": reason.strip()})
    return grant


@transaction.atomic
def suspend(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """Stop a grant in an emergency; security alone, and for 72 hours another person of theirs can take it back."""
    grant = _locked(grant_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team suspends a grant.")
    _check_reason(reason)
    _become(grant, Decision.SUSPENDED)
    grant.suspended_at, grant.suspended_by = at, acting_user
    grant.save(update_fields=["decision", "suspended_at", "suspended_by"])
    record(at=at, actor=acting_user, action="grant.suspended", target=grant, data={"reason": reason.strip()})
    return grant


@transaction.atomic
def reinstate(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """Take a suspension back: security, somebody else than who suspended, within 72 hours."""
    grant = _locked(grant_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team takes a suspension back.")
    if grant.decision != Decision.SUSPENDED or grant.suspended_at is None:
        raise ConflictError(f"Grant {grant.pk} is {grant.decision}, not suspended.")
    if grant.suspended_by_id == acting_user.pk:
        raise RefusedError("person", "You suspended it: somebody else of the security team takes it back.")
    if at >= grant.suspended_at + REVERSIBLE_FOR:
        raise ConflictError("A suspension can be taken back for 72 hours. Ask for a new grant instead.")
    _check_reason(reason)
    _become(grant, Decision.APPROVED)
    grant.suspended_at = grant.suspended_by = None
    grant.save(update_fields=["decision", "suspended_at", "suspended_by"])
    record(at=at, actor=acting_user, action="grant.reinstated", target=grant, data={"reason": reason.strip()})
    return grant


@transaction.atomic
def will_not_renew(grant_id: int, *, acting_user: User, at: datetime) -> Grant:
    """The owner's side lets the grant run out; reminders stop, save the last."""
    grant = _locked(grant_id)
    _check_may_end(grant, acting_user, at)
    if grant.will_not_renew_at is None:
        grant.will_not_renew_at = at
        grant.save(update_fields=["will_not_renew_at"])
        record(at=at, actor=acting_user, action="grant.will_not_renew", target=grant)
    return grant


def _locked(grant_id: int) -> Grant:
    return Grant.objects.select_for_update(of=("self",)).select_related("identity", "line__request").get(pk=grant_id)


def _become(grant: Grant, then: Decision) -> None:
    if not may_become(Decision(grant.decision), then):
        raise ConflictError(f"Grant {grant.pk} is {grant.decision} already.")
    grant.decision = then


def _check_may_end(grant: Grant, user: User, at: datetime) -> None:
    person, identity = person_of(user, on=at.astimezone(settings.SESGOV_TIME_ZONE).date()), grant.identity
    is_owner = user.is_active and (
        identity.owner_team_id in person.team_ids | person.stands_for_teams
        or identity.owner_user_id in {user.pk} | person.stands_for_people
    )
    if not (is_owner or user.has_role([Role.SECURITY])):
        raise RefusedError("person", "Only the identity's owner or the security team ends a grant.")


def _check_reason(reason: str) -> None:
    check_text("reason", reason, 2000)
    if not reason.strip():
        raise RefusedError("reason", "Say why.")

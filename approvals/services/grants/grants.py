"""Grants: made from an approved line or at once, confirmed, revoked. Each is one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from approvals.models import Access, ApprovalSlot, Grant, RequestLine
from approvals.rules.deciders import DECIDING_ROLES
from approvals.rules.hashes import access_hash
from approvals.rules.states import Decision, may_be_followed, may_become
from approvals.services.requests.deciders import person_of
from approvals.services.requests.requests import asked_of
from approvals.services.requests.terms_guard import check_asked, starts_on
from approvals.services.tasks.grant_tasks import follow_grant
from inventory.models import Identity, Role, User
from inventory.policy.grants.terms import GrantTerms
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text


def grant_line(line: RequestLine, slots: Sequence[ApprovalSlot], *, acting_user: User | None, at: datetime) -> Grant:
    """The grant of a line that two people approved; the earliest end that any of them set wins.

    Call it in the transaction of the second approval, with the request locked.
    """
    given_at_once = Grant.objects.select_for_update().filter(line=line).first()
    if given_at_once is not None:
        return _confirm(given_at_once, slots, acting_user=acting_user, at=at)
    on = timezone.localdate(at)
    asked = asked_of(line.request, line)
    ends_on = min([asked.terms.ends_on, *(slot.ends_on for slot in slots if slot.ends_on is not None)])
    first = starts_on(asked.terms, on=on)
    if first > ends_on:
        raise RefusedError("ends_on", f"The access would end on {ends_on}, before it begins on {first}.")
    terms = replace(asked.terms, starts_on=first, ends_on=ends_on)
    access = _locked_access(terms)
    check_asked(replace(asked, terms=terms), on=on)
    _take_over(line, first, acting_user=acting_user, at=at)
    grant = _make(line, terms, first, access, at=at)
    if line.predecessor is not None:
        Grant.objects.filter(pk=line.predecessor.pk).update(successor=grant)
    data = {"identity": line.identity.arn, "terms": grant.terms, "request": line.request_id}
    record(at=at, actor=acting_user, action="grant.approved", target=grant, data=data)
    follow_grant(grant, reason=line.request.justification, acting_user=acting_user, at=at)
    return grant


def grant_at_once(line: RequestLine, *, confirm_by: datetime, acting_user: User, at: datetime) -> Grant:
    """The grant of a line that nobody approved yet: in force now, until two people agree or the access is over.

    Call it in the transaction that submits the request, which has checked the terms.
    """
    on = timezone.localdate(at)
    terms = replace(line.grant_terms, starts_on=on)
    access = _locked_access(terms)
    check_asked(asked_of(line.request, line), on=on)
    grant = _make(line, terms, on, access, at=at, decision=Decision.BREAK_GLASS, confirm_by=confirm_by)
    data = {"identity": line.identity.arn, "terms": grant.terms, "request": line.request_id, "confirm_by": confirm_by}
    record(at=at, actor=acting_user, action="grant.glass_broken", target=grant, data=data)
    follow_grant(grant, reason=line.request.justification, acting_user=acting_user, at=at)
    return grant


def _make(line: RequestLine, terms: GrantTerms, first: date, access: Access, *, at: datetime, **clocks: Any) -> Grant:
    return Grant.objects.create(
        line=line,
        identity=line.identity,
        vendor=line.request.vendor,
        access=access,
        terms=terms.to_json(),
        account_ids=sorted(terms.account_ids),
        starts_on=first,
        ends_on=terms.ends_on,
        effective_ends_on=terms.ends_on,
        decided_at=at,
        **clocks,
    )


def _confirm(grant: Grant, slots: Sequence[ApprovalSlot], *, acting_user: User | None, at: datetime) -> Grant:
    """Two people agree to what was granted at once; where it is over by now, or suspended, it stays so."""
    grant.confirmed_at = at
    if grant.decision == Decision.BREAK_GLASS:
        grant.decision = Decision.APPROVED
    earlier = [slot.ends_on for slot in slots if slot.ends_on is not None]
    grant.effective_ends_on = min([grant.effective_ends_on, *earlier])
    grant.save(update_fields=["decision", "confirmed_at", "effective_ends_on"])
    data = {"effective_ends_on": grant.effective_ends_on}
    record(at=at, actor=acting_user, action="grant.confirmed", target=grant, data=data)
    if earlier and grant.decision == Decision.APPROVED:
        reason = f"It was confirmed until {grant.effective_ends_on}."
        follow_grant(grant, reason=reason, acting_user=acting_user, at=at)
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
    if not may_be_followed(Decision(predecessor.decision)):
        raise ConflictError(f"Grant {predecessor.pk} is {predecessor.decision} and is not followed.")
    predecessor.decision = Decision.SUPERSEDED
    predecessor.effective_ends_on = min(predecessor.effective_ends_on, first - timedelta(days=1))
    predecessor.save(update_fields=["decision", "effective_ends_on"])
    data = {"effective_ends_on": predecessor.effective_ends_on, "ends_on": predecessor.ends_on}
    record(at=at, actor=acting_user, action="grant.superseded", target=predecessor, data=data)


@transaction.atomic
def revoke(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """End a grant now: the owner's side or security, alone, since it only takes access away."""
    grant = locked_grant(grant_id)
    check_may_end(grant.identity, acting_user, at)
    check_reason(reason)
    on = timezone.localdate(at)
    if grant.effective_ends_on < on:
        raise ConflictError(f"Grant {grant.pk} ended on {grant.effective_ends_on} already.")
    return end_grant(grant, reason=reason, acting_user=acting_user, at=at)


def end_grant(grant: Grant, *, reason: str, acting_user: User | None, at: datetime, **also: object) -> Grant:
    """Revoke a grant that is locked, on whose behalf the caller answers for; ``None`` is a clock that ran out."""
    become(grant, Decision.REVOKED)
    on = timezone.localdate(at)
    grant.revoked_at, grant.effective_ends_on = at, min(grant.effective_ends_on, on)
    grant.save(update_fields=["decision", "revoked_at", "effective_ends_on"])
    data = {"reason": reason.strip()} | also
    record(at=at, actor=acting_user, action="grant.revoked", target=grant, data=data)
    follow_grant(grant, reason=reason.strip(), acting_user=acting_user, at=at)
    return grant


@transaction.atomic
def will_not_renew(grant_id: int, *, acting_user: User, at: datetime) -> Grant:
    """The owner's side lets the grant run out; reminders stop, save the last."""
    grant = locked_grant(grant_id)
    check_may_end(grant.identity, acting_user, at)
    if grant.will_not_renew_at is None:
        grant.will_not_renew_at = at
        grant.save(update_fields=["will_not_renew_at"])
        record(at=at, actor=acting_user, action="grant.will_not_renew", target=grant)
    return grant


def locked_grant(grant_id: int) -> Grant:
    """The grant, held until the transaction ends."""
    return Grant.objects.select_for_update(of=("self",)).select_related("identity", "line__request").get(pk=grant_id)


def become(grant: Grant, then: Decision) -> None:
    """Another decision, where it may follow; the caller saves."""
    if not may_become(Decision(grant.decision), then):
        raise ConflictError(f"Grant {grant.pk} is {grant.decision} already.")
    grant.decision = then


def check_may_end(identity: Identity, user: User, at: datetime) -> None:
    """Refuse whoever is neither of the owner's side nor of security."""
    person = person_of(user, on=timezone.localdate(at))
    is_owner = (
        user.is_active
        and not person.roles.isdisjoint(DECIDING_ROLES)
        and (
            identity.owner_team_id in person.team_ids | person.stands_for_teams
            or identity.owner_user_id in {user.pk} | person.stands_for_people
        )
    )
    if not (is_owner or user.has_role([Role.SECURITY])):
        raise RefusedError("person", "Only the identity's owner or the security team ends a grant.")


def check_reason(reason: str) -> None:
    """Nothing is taken away without a word."""
    check_text("reason", reason, 2000)
    if not reason.strip():
        raise RefusedError("reason", "Say why.")

"""Suspensions: a grant stopped in an emergency, taken back by somebody else in time, or over for good."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from approvals.models import Grant
from approvals.rules.states import Decision
from approvals.services.grants.grants import become, check_reason, end_grant, locked_grant
from approvals.services.tasks.grant_tasks import follow_grant
from inventory.models import Role, User
from inventory.services.audit import record
from inventory.services.each import do_each
from inventory.services.refusals import ConflictError, RefusedError

REVERSIBLE_FOR = timedelta(hours=72)
_COLUMNS = ("decision", "suspended_at", "suspended_by", "suspension_reason")


@transaction.atomic
def suspend(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """Stop a grant in an emergency; security alone, and for 72 hours another person of theirs can take it back."""
    grant = locked_grant(grant_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team suspends a grant.")
    check_reason(reason)
    if grant.effective_ends_on < at.astimezone(settings.SESGOV_TIME_ZONE).date():
        raise ConflictError(f"Grant {grant.pk} ended on {grant.effective_ends_on} already.")
    return stop(grant, reason=reason, acting_user=acting_user, at=at)


def stop(grant: Grant, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """Suspend a grant that is locked, by somebody of whom the caller knows that they may."""
    become(grant, Decision.SUSPENDED)
    grant.suspended_at, grant.suspended_by, grant.suspension_reason = at, acting_user, reason.strip()
    grant.save(update_fields=_COLUMNS)
    record(at=at, actor=acting_user, action="grant.suspended", target=grant, data={"reason": reason.strip()})
    follow_grant(grant, reason=reason.strip(), acting_user=acting_user, at=at)
    return grant


@transaction.atomic
def reinstate(grant_id: int, *, reason: str, acting_user: User, at: datetime) -> Grant:
    """Take a suspension back: security, somebody else than who suspended, within 72 hours."""
    grant = locked_grant(grant_id)
    if not acting_user.has_role([Role.SECURITY]):
        raise RefusedError("person", "Only the security team takes a suspension back.")
    if grant.decision != Decision.SUSPENDED or grant.suspended_at is None:
        raise ConflictError(f"Grant {grant.pk} is {grant.decision}, not suspended.")
    if grant.suspended_by_id == acting_user.pk:
        raise RefusedError("person", "You suspended it: somebody else of the security team takes it back.")
    if at >= grant.suspended_at + REVERSIBLE_FOR:
        raise ConflictError("A suspension can be taken back for 72 hours. Ask for a new grant instead.")
    check_reason(reason)
    become(grant, _before(grant))
    grant.suspended_at, grant.suspended_by, grant.suspension_reason = None, None, ""
    grant.save(update_fields=_COLUMNS)
    record(at=at, actor=acting_user, action="grant.reinstated", target=grant, data={"reason": reason.strip()})
    follow_grant(grant, reason=reason.strip(), acting_user=acting_user, at=at)
    return grant


def _before(grant: Grant) -> Decision:
    """What a suspended grant was: one that is followed stays so, one that waits for two people goes on waiting."""
    if grant.successor_id is not None:
        return Decision.SUPERSEDED
    return Decision.BREAK_GLASS if grant.is_to_confirm else Decision.APPROVED


def end_suspensions(*, at: datetime) -> int:
    """Revoke what was suspended and not taken back in time, so that it can be asked for anew; how many."""
    overdue = Grant.objects.filter(decision=Decision.SUSPENDED, suspended_at__lte=at - REVERSIBLE_FOR)
    return sum(do_each(lambda grant_id: _end_suspension(grant_id, at=at), list(overdue.values_list("pk", flat=True))))


@transaction.atomic
def _end_suspension(grant_id: int, *, at: datetime) -> bool:
    grant = locked_grant(grant_id)
    if grant.decision != Decision.SUSPENDED or grant.suspended_at is None or grant.suspended_at > at - REVERSIBLE_FOR:
        return False
    end_grant(grant, reason="It was suspended, and nobody took that back within 72 hours.", acting_user=None, at=at)
    return True

"""Earlier ends: a grant that is over sooner than it was approved for, on a day that is still ahead."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from approvals.models import Grant
from approvals.rules.states import Standing
from approvals.services.grants.grants import check_may_end, check_reason, locked_grant
from approvals.services.tasks.grant_tasks import follow_grant
from inventory.models import User
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError


@transaction.atomic
def end_earlier(grant_id: int, *, ends_on: date, reason: str, acting_user: User, at: datetime) -> Grant:
    """Move the last day forward: the owner's side or security, alone, since it only takes access away."""
    grant = locked_grant(grant_id)
    check_may_end(grant.identity, acting_user, at)
    check_reason(reason)
    on = timezone.localdate(at)
    if grant.standing(on) not in (Standing.ACTIVE, Standing.AHEAD):
        raise ConflictError(f"Grant {grant.pk} is {grant.standing(on)} by now: its end is no longer moved.")
    earliest = max(on, grant.starts_on)
    if not earliest <= ends_on < grant.effective_ends_on:
        raise RefusedError(
            "ends_on",
            f"It ends on {grant.effective_ends_on}. Choose an earlier day, from {earliest} on; "
            "for a later one ask for a renewal.",
        )
    before, grant.effective_ends_on = grant.effective_ends_on, ends_on
    grant.save(update_fields=["effective_ends_on"])
    data = {"reason": reason.strip(), "effective_ends_on": ends_on, "before": before}
    record(at=at, actor=acting_user, action="grant.shortened", target=grant, data=data)
    follow_grant(grant, reason=reason.strip(), acting_user=acting_user, at=at)
    return grant

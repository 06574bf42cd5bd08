"""Deputies: who stands in for an owner, named by the owner."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from inventory.models import Deputy, Role, Team, User
from inventory.services.audit import record
from inventory.services.owners.owner_rules import Owner, check_owner
from inventory.services.owners.ownership import lock_owners
from inventory.services.refusals import ConflictError, RefusedError

_LONGEST = timedelta(days=366)


@transaction.atomic
def name_deputy(
    *, owner: Owner, deputy: User, from_on: date, until_on: date, acting_user: User, at: datetime
) -> Deputy:
    """Let somebody see and do what an owner may, from one day to another, both included."""
    lock_owners()
    if not may_name_deputy(acting_user, owner):
        raise RefusedError("owner", "A deputy is named by the person, by a member of the team, or by an administrator.")
    check_owner(owner)
    _check_deputy(owner, deputy)
    _check_days(from_on, until_on, timezone.localdate(at))
    team, user = (owner, None) if isinstance(owner, Team) else (None, owner)
    overlapping = Deputy.objects.filter(
        team=team, user=user, deputy=deputy, ended_at=None, from_on__lte=until_on, until_on__gte=from_on
    ).first()
    if overlapping is not None:
        raise ConflictError(f"{deputy} stands in from {overlapping.from_on} to {overlapping.until_on} already.")
    made = Deputy.objects.create(
        team=team,
        user=user,
        deputy=deputy,
        from_on=from_on,
        until_on=until_on,
        created_at=at,
        created_by=acting_user,
    )
    data = {"owner": str(owner), "deputy": deputy.email, "from": from_on, "until": until_on}
    record(at=at, actor=acting_user, action="deputy.named", target=made, data=data)
    return made


@transaction.atomic
def end_deputy(*, deputy: Deputy, acting_user: User, at: datetime) -> Deputy:
    """The deputy stands in no longer; they may say so themselves."""
    lock_owners()
    current = Deputy.objects.filter(pk=deputy.pk, ended_at=None).first()
    if current is None:
        raise ConflictError("This had ended before.")
    if acting_user != current.deputy and not (current.owner and may_name_deputy(acting_user, current.owner)):
        raise RefusedError("deputy", "Only the owner, the deputy or an administrator can end this.")
    current.ended_at, current.ended_by = at, acting_user
    current.save(update_fields=["ended_at", "ended_by"])
    record(at=at, actor=acting_user, action="deputy.ended", target=current, data={"deputy": current.deputy.email})
    return current


def may_name_deputy(user: User, owner: Owner) -> bool:
    """The person themselves, a member of the team, or an administrator."""
    is_member = isinstance(owner, Team) and owner.memberships.filter(user=user).exists()
    return user.is_active and (user == owner or is_member or user.has_role([Role.ADMIN]))


def _check_deputy(owner: Owner, deputy: User) -> None:
    if not deputy.is_active:
        raise RefusedError("deputy", f"{deputy} is no longer active.")
    if deputy == owner:
        raise RefusedError("deputy", "Nobody is their own deputy.")
    if not deputy.has_role([Role.OWNER]):
        raise RefusedError(
            "deputy", f"{deputy} does not hold the role of identity owner. An administrator can give it to them."
        )


def _check_days(from_on: date, until_on: date, today: date) -> None:
    if until_on < from_on:
        raise RefusedError("until_on", "The last day is before the first.")
    if until_on < today:
        raise RefusedError("until_on", "The last day has passed.")
    if until_on - from_on > _LONGEST:
        raise RefusedError("until_on", "A deputy stands in for a year at most.")

"""Owners by the word of people: claims and their confirmation, handing on, acting owners."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from inventory.models import Identity, OwnerAssignment, Team, User
from inventory.models.roles import ASSIGNS_OWNERS
from inventory.services.audit import record
from inventory.services.owners.owner_rules import Owner, check_owner, is_own
from inventory.services.owners.ownership import lock_owners
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.refusals import ConflictError, RefusedError, check_text

LONGEST_ACTING = timedelta(days=30)
Kind, State = OwnerAssignment.Kind, OwnerAssignment.State


@transaction.atomic
def claim(*, identity: Identity, owner: Owner, reason: str, acting_user: User, at: datetime) -> OwnerAssignment:
    """Ask for an identity that nobody owns, for oneself or a team of one's own; it counts once somebody confirms it."""
    current = _locked(identity)
    if not is_own(owner, acting_user):
        raise RefusedError("owner", "One can claim an identity for oneself or for a team that one is a member of.")
    _check(owner, reason)
    if current.owner is not None:
        raise ConflictError(f"{current} belongs to {current.owner} by now. Ask them to hand it on.")
    waiting = OwnerAssignment.objects.pending().filter(identity=current).select_related("assigned_by").first()
    if waiting is not None:
        who = "You" if waiting.assigned_by_id == acting_user.pk else waiting.assigned_by
        when = "already" if waiting.assigned_by_id == acting_user.pk else "before you"
        raise ConflictError(f"{who} claimed {current} {when}. Security decides on that.")
    return _write(_new(current, owner, Kind.CLAIM, State.PENDING, reason, acting_user, at), "claimed", acting_user, at)


@transaction.atomic
def decide_claim(
    *, claimed: OwnerAssignment, is_confirmed: bool, comment: str, acting_user: User, at: datetime
) -> OwnerAssignment:
    """Confirm or refuse somebody else's claim."""
    check_text("comment", comment, 1000)
    current = _pending(claimed)
    if current.assigned_by_id == acting_user.pk:
        raise RefusedError("decision", "Nobody decides on their own claim. Somebody else of security has to.")
    current.decided_by, current.decided_at, current.comment = acting_user, at, comment.strip()
    if not is_confirmed:
        current.state = State.REFUSED
        return _write(current, "refused", acting_user, at)
    if current.identity.owner is not None:
        raise ConflictError(f"{current.identity} belongs to {current.identity.owner} by now. Refuse the claim.")
    if current.owner is not None:
        check_owner(current.owner)
    _end(current.identity, at, acting_user)
    current.state, current.from_at = State.ACTIVE, at
    return _write(current, "confirmed", acting_user, at)


@transaction.atomic
def withdraw_claim(*, claimed: OwnerAssignment, acting_user: User, at: datetime) -> OwnerAssignment:
    """Take one's own claim back while nobody has decided on it."""
    current = _pending(claimed)
    if current.assigned_by_id != acting_user.pk:
        raise RefusedError("claim", "Only who made a claim can withdraw it.")
    current.state, current.to_at, current.ended_by = State.WITHDRAWN, at, acting_user
    return _write(current, "withdrawn", acting_user, at)


@transaction.atomic
def hand_on(*, identity: Identity, owner: Owner, reason: str, acting_user: User, at: datetime) -> OwnerAssignment:
    """Give an identity to another team or person: by who owns it, or by security, but not to themselves."""
    current = _locked(identity)
    _check(owner, reason)
    check_may_hand_on(current, acting_user)
    if current.owner == owner and current.owner_source == Identity.OwnerSource.CLAIM:
        raise ConflictError(f"{current} belongs to {owner} already.")
    if not _speaks_for(current, acting_user) and is_own(owner, acting_user):
        raise RefusedError(
            "owner", "Nobody gives an identity to themselves. Claim it, so that somebody else confirms it."
        )
    _end(current, at, acting_user)
    _settle_claim(current, acting_user, at)
    return _write(_new(current, owner, Kind.HANDED_ON, State.ACTIVE, reason, acting_user, at), "given", acting_user, at)


def check_may_hand_on(identity: Identity, user: User) -> None:
    """Refuse who neither owns the identity nor is of security; an acting owner only looks after it."""
    if user.has_role(ASSIGNS_OWNERS):
        return
    if not _speaks_for(identity, user):
        raise RefusedError("owner", f"{identity} is not yours any more. Its owner or security can hand it on.")
    if identity.owner_source == Identity.OwnerSource.ACTING:
        raise RefusedError("owner", "An acting owner cannot hand an identity on. Ask security to.")


@transaction.atomic
def appoint_acting_owner(
    *, identity: Identity, owner: Owner, days: int, reason: str, acting_user: User, at: datetime
) -> OwnerAssignment:
    """Let a team or person stand in as owner for some days, today included; by security, for somebody else."""
    current = _locked(identity)
    _check(owner, reason)
    if not reason.strip():
        raise RefusedError("reason", "Say why the identity needs an acting owner.")
    if not 1 <= days <= LONGEST_ACTING.days:
        raise RefusedError("days", f"An acting owner stands in for 1 to {LONGEST_ACTING.days} days.")
    if is_own(owner, acting_user):
        raise RefusedError("owner", "Nobody appoints themselves. Ask somebody else of security.")
    acting = OwnerAssignment.objects.active().filter(identity=current, kind=Kind.ACTING).first()
    if acting is not None:
        raise ConflictError(f"{acting.owner} is acting owner until {acting.until_on}. End that first.")
    made = _new(current, owner, Kind.ACTING, State.ACTIVE, reason, acting_user, at)
    made.until_on = timezone.localdate(at) + timedelta(days=days - 1)
    return _write(made, "appointed", acting_user, at)


@transaction.atomic
def end_assignment(*, assignment: OwnerAssignment, acting_user: User, at: datetime) -> OwnerAssignment:
    """Let tags, rules and the account decide again."""
    _locked(assignment.identity)
    current = OwnerAssignment.objects.active().filter(pk=assignment.pk).select_related("identity").first()
    if current is None:
        raise ConflictError("This had ended before.")
    current.state, current.to_at, current.ended_by = State.ENDED, at, acting_user
    return _write(current, "ended", acting_user, at)


@transaction.atomic
def end_acting_owners(*, at: datetime) -> int:
    """End those whose last day has passed; returns how many."""
    if not is_acting_over(at=at):
        return 0
    lock_owners()
    over = list(OwnerAssignment.objects.over(timezone.localdate(at)).select_related("identity"))
    for each in over:
        each.state, each.to_at = State.ENDED, at
        _write(each, "ended", None, at)
    return len(over)


def is_acting_over(*, at: datetime) -> bool:
    """Whether somebody's last day as acting owner has passed."""
    return OwnerAssignment.objects.over(timezone.localdate(at)).exists()


def _locked(identity: Identity) -> Identity:
    """The identity as it is now, with its owner, which nobody else changes before the transaction ends."""
    lock_owners()
    rows = Identity.objects.select_for_update(of=("self",), no_key=True).select_related("owner_team", "owner_user")
    current = rows.get(pk=identity.pk)
    if current.gone_at is not None:
        raise ConflictError(f"{current} is gone from AWS; there is nothing left to own.")
    return current


def _pending(claimed: OwnerAssignment) -> OwnerAssignment:
    current = _locked(claimed.identity)
    found = (
        OwnerAssignment.objects.pending().filter(pk=claimed.pk).select_related("team", "user", "assigned_by").first()
    )
    if found is None:
        raise ConflictError("The claim is no longer open; somebody decided or withdrew it before you.")
    found.identity = current
    return found


def _check(owner: Owner, reason: str) -> None:
    check_owner(owner)
    check_text("reason", reason, 1000)


def _speaks_for(identity: Identity, user: User) -> bool:
    return Identity.objects.owned_by(user).filter(pk=identity.pk).exists()


def _new(
    identity: Identity, owner: Owner, kind: str, state: str, reason: str, acting_user: User, at: datetime
) -> OwnerAssignment:
    team, user = (owner, None) if isinstance(owner, Team) else (None, owner)
    return OwnerAssignment(
        identity=identity, team=team, user=user, kind=kind, state=state, reason=reason.strip(),
        assigned_by=acting_user, assigned_at=at, from_at=at if state == State.ACTIVE else None,
    )  # fmt: skip


def _end(identity: Identity, at: datetime, acting_user: User) -> None:
    """Whoever was owner by hand or acting until now is so no longer."""
    for each in OwnerAssignment.objects.active().filter(identity=identity):
        each.state, each.to_at, each.ended_by = State.ENDED, at, acting_user
        each.save(update_fields=["state", "to_at", "ended_by"])
        record(at=at, actor=acting_user, action="ownerassignment.ended", target=each, data=_said(each))


def _settle_claim(identity: Identity, acting_user: User, at: datetime) -> None:
    """A claim that waits has its answer once somebody gave the identity away."""
    waiting = OwnerAssignment.objects.pending().filter(identity=identity).first()
    if waiting is None:
        return
    if waiting.assigned_by_id == acting_user.pk:
        withdraw_claim(claimed=waiting, acting_user=acting_user, at=at)
    else:
        said = "It was given to somebody else."
        decide_claim(claimed=waiting, is_confirmed=False, comment=said, acting_user=acting_user, at=at)


def _write(assignment: OwnerAssignment, verb: str, acting_user: User | None, at: datetime) -> OwnerAssignment:
    assignment.save()
    record(at=at, actor=acting_user, action=f"ownerassignment.{verb}", target=assignment, data=_said(assignment))
    reassign_owners(at=at, acting_user=acting_user, identities=[assignment.identity_id])
    return assignment


def _said(assignment: OwnerAssignment) -> dict[str, object]:
    data: dict[str, object] = {
        "identity": assignment.identity_id,
        "kind": assignment.kind,
        "owner": str(assignment.owner),
    }
    said = {"reason": assignment.reason, "comment": assignment.comment, "until": assignment.until_on}
    return data | {name: value for name, value in said.items() if value}

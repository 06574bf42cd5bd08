"""Who may fill a slot, from what is stored."""

from datetime import date

from django.conf import settings

from approvals.models import ApprovalSlot
from approvals.rules.deciders import Ownership, Person, Slot, SlotKind, why_not
from inventory.models import Deputy, Identity, Membership, Team, User


def person_of(user: User, *, on: date) -> Person:
    """The facts about one who wants to decide: two queries."""
    stands_in = list(Deputy.objects.current(on).filter(deputy=user))
    return Person(
        user_id=user.pk,
        roles=frozenset(user.roles),
        team_ids=frozenset(user.memberships.filter(team__is_active=True).values_list("team_id", flat=True)),
        stands_for_teams=frozenset(each.team_id for each in stands_in if each.team_id is not None),
        stands_for_people=frozenset(each.user_id for each in stands_in if each.user_id is not None),
        is_active=user.is_active,
    )


def refusal_of(user: User, slot: ApprovalSlot, *, on: date) -> str | None:
    """Why this person may not fill the slot, or ``None``."""
    taken = slot.line.slots.filter(submission=slot.submission, decided_by__isnull=False)
    facts = Slot(
        kind=SlotKind(slot.kind),
        requester_id=slot.requester_id,
        taken_by=frozenset(taken.exclude(pk=slot.pk).values_list("decided_by_id", flat=True)),
    )
    return why_not(person_of(user, on=on), facts, ownership_of(slot, on=on))


def ownership_of(slot: ApprovalSlot, *, on: date) -> Ownership:
    """Who answers for the slot's identity on a day; owners who have left answer for nothing."""
    identity = slot.line.identity
    team = identity.owner_team if identity.owner_team and identity.owner_team.is_active else None
    user = identity.owner_user if identity.owner_user and identity.owner_user.is_active else None
    escalation = Team.objects.filter(name__iexact=settings.SESGOV_ESCALATION_TEAM, is_active=True).first()
    return Ownership(
        team_id=team.pk if team else None,
        user_id=user.pk if user else None,
        stand_in_id=slot.stand_in_id,
        escalation_team_id=escalation.pk if escalation else None,
        is_exhausted=not _others(identity, slot.requester_id, on=on),
    )


def _others(identity: Identity, requester_id: int | None, *, on: date) -> bool:
    """Whether somebody on the owner's side, other than the requester, can decide."""
    people: set[int] = set()
    if identity.owner_user_id is not None:
        people.add(identity.owner_user_id)
    if identity.owner_team_id is not None and identity.owner_team is not None and identity.owner_team.is_active:
        people |= set(Membership.objects.filter(team=identity.owner_team_id).values_list("user_id", flat=True))
    people |= set(_deputies(identity, on=on))
    return User.objects.active().filter(pk__in=people - {requester_id}).exists()


def _deputies(identity: Identity, *, on: date) -> "list[int]":
    current = Deputy.objects.current(on)
    of_team = current.filter(team=identity.owner_team_id) if identity.owner_team_id else current.none()
    of_user = current.filter(user=identity.owner_user_id) if identity.owner_user_id else current.none()
    return [each.deputy_id for each in (*of_team, *of_user)]

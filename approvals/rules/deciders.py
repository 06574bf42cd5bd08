"""Who may fill an approval slot: two different people, neither of them the requester."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum


class SlotKind(StrEnum):
    """The two who have to agree."""

    OWNER = "owner"
    SECURITY = "security"


SLOTS = (SlotKind.OWNER, SlotKind.SECURITY)
# Who holds neither role decides nothing, whatever they own.
DECIDING_ROLES = ("owner", "security")
NO_ROLE = "It takes the role of identity owner or security to decide. An administrator gives it."


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wants to decide; ``stands_for_…`` are the teams and people whose deputy they are today."""

    user_id: int
    roles: frozenset[str]
    team_ids: frozenset[int] = frozenset()
    stands_for_teams: frozenset[int] = frozenset()
    stands_for_people: frozenset[int] = frozenset()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who answers for the identity: a team, a person or nobody; ``stand_in_id`` was appointed for one request.

    ``is_exhausted``: the owner's side has nobody but the requester, so that the escalation team has to decide.
    """

    team_id: int | None = None
    user_id: int | None = None
    stand_in_id: int | None = None
    escalation_team_id: int | None = None
    is_exhausted: bool = False

    @property
    def is_escalated(self) -> bool:
        """Whether nobody on the owner's side can decide."""
        return self.is_exhausted or (self.team_id is None and self.user_id is None)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to be filled, and who cannot: the requester, and whoever filled the other slots of the line."""

    kind: SlotKind
    requester_id: int | None
    taken_by: Collection[int] = field(default=())


def why_not(person: Person, slot: Slot, ownership: Ownership) -> str | None:
    """The sentence that refuses a person, or ``None`` where they may decide."""
    if not person.is_active:
        return "This person has left and decides nothing."
    if person.user_id == slot.requester_id:
        return "You asked for this yourself: somebody else has to decide."
    if person.user_id in slot.taken_by:
        return "You have decided for one side already; the other takes a second person."
    if slot.kind is SlotKind.SECURITY:
        return None if "security" in person.roles else "Only the security team fills this slot."
    if not _answers_for(person, ownership):
        return _owners_only(ownership)
    return NO_ROLE if person.roles.isdisjoint(DECIDING_ROLES) else None


def _answers_for(person: Person, ownership: Ownership) -> bool:
    """Owner, member of the owning team, deputy, appointed stand-in; the escalation team where there is none of them."""
    if person.user_id == ownership.stand_in_id:
        return True
    teams = person.team_ids | person.stands_for_teams
    if ownership.is_escalated:
        return ownership.escalation_team_id is not None and ownership.escalation_team_id in teams
    people = {person.user_id} | person.stands_for_people
    return ownership.team_id in teams or ownership.user_id in people


def _owners_only(ownership: Ownership) -> str:
    if ownership.is_escalated:
        return "Nobody on the owner's side can decide: the escalation team does, or a stand-in whom security appoints."
    return "Only the identity's owner, a member of the owning team, a deputy or an appointed stand-in fills this slot."

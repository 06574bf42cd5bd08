"""Who may fill a slot, from what is stored: one person for one slot, or all of either in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from approvals.models import ApprovalSlot, GrantRequest, RequestLine
from approvals.rules.deciders import DECIDING_ROLES, Ownership, Person, Slot, SlotKind, why_not
from inventory.models import Deputy, Identity, Membership, Role, Team, User
from inventory.services.notices.recipients import security_team
from inventory.services.settings.in_force import in_force


@dataclass(frozen=True, slots=True)
class OwnerSides:
    """Who answers for what some teams and people own: those of them who are active, and their deputies of the day."""

    of_team: Mapping[int, frozenset[int]]
    of_user: Mapping[int, frozenset[int]]

    def people(self, team_id: int | None, user_id: int | None) -> frozenset[int]:
        """The ids of all who answer for an identity with these owners; empty where nobody is left."""
        nobody: frozenset[int] = frozenset()
        return self.of_team.get(team_id or 0, nobody) | self.of_user.get(user_id or 0, nobody)


def owner_sides(team_ids: Iterable[int | None], user_ids: Iterable[int | None], *, on: date) -> OwnerSides:
    """Three queries, however many owners; those who have left, and the deputies of those, answer for nothing.

    Nor does who holds neither of the roles that decide, such as an auditor in the owning team.
    """
    here = Q(user__is_active=True, user__roles__overlap=DECIDING_ROLES)
    teams, users = set(filter(None, team_ids)), set(filter(None, user_ids))
    of_team, of_user = defaultdict(set), defaultdict(set)
    members = Membership.objects.filter(here, team__in=teams, team__is_active=True)
    for team_id, member_id in members.values_list("team_id", "user_id"):
        of_team[team_id].add(member_id)
    for user_id in _deciding().filter(pk__in=users).values_list("pk", flat=True):
        of_user[user_id].add(user_id)
    owners = Q(team__in=teams, team__is_active=True) | (here & Q(user__in=users))
    for deputy in Deputy.objects.current(on).filter(owners, deputy__in=_deciding()):
        if deputy.team_id is not None:
            of_team[deputy.team_id].add(deputy.deputy_id)
        elif deputy.user_id is not None:
            of_user[deputy.user_id].add(deputy.deputy_id)
    return OwnerSides(
        {key: frozenset(people) for key, people in of_team.items()},
        {key: frozenset(people) for key, people in of_user.items()},
    )


def _deciding() -> QuerySet[User]:
    """Those who are here and whose role decides."""
    return User.objects.active().filter(roles__overlap=DECIDING_ROLES)


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
    user = identity.owner_user if identity.owner_user and _decides(identity.owner_user) else None
    sides = owner_sides([identity.owner_team_id], [identity.owner_user_id], on=on)
    return Ownership(
        team_id=team.pk if team else None,
        user_id=user.pk if user else None,
        stand_in_id=slot.stand_in_id,
        escalation_team_id=_escalation_team_id(),
        is_exhausted=not sides.people(identity.owner_team_id, identity.owner_user_id) - {slot.requester_id},
    )


def _decides(user: User) -> bool:
    return user.is_active and user.has_role(DECIDING_ROLES)


def fillable_by(user: User, *, at: datetime) -> QuerySet[ApprovalSlot]:
    """The slots that :func:`refusal_of` refuses this person nothing of; of its own it asks nothing, but for people who
    may be of the escalation team."""
    on = timezone.localdate(at)
    waiting = ApprovalSlot.objects.waiting(at)
    if not _decides(user):
        return waiting.none()
    kinds = Q(kind=SlotKind.OWNER) & (Q(stand_in=user) | _owned_by(user, on=on) | _escalated_to(user, waiting, on=on))
    if Role.SECURITY in user.roles:
        kinds |= Q(kind=SlotKind.SECURITY)
    decided = ApprovalSlot.objects.filter(line=OuterRef("line"), submission=OuterRef("submission"), decided_by=user)
    return waiting.filter(kinds).exclude(requester=user).exclude(Exists(decided))


def requests_shown_to(user: User, *, at: datetime) -> QuerySet[GrantRequest]:
    """Those that one may see anyway, and those that one may decide."""
    shown = GrantRequest.objects.visible_to(user)
    if user.reads_inventory:
        return shown
    mine = Q(pk__in=shown.order_by().values("pk")) | Q(
        pk__in=fillable_by(user, at=at).order_by().values("line__request")
    )
    return GrantRequest.objects.filter(mine)


def lines_shown_to(user: User, *, at: datetime) -> QuerySet[RequestLine]:
    """Of the requests that one may see, the lines that concern one: what others asked for elsewhere is theirs."""
    rows = RequestLine.objects.all()
    if user.reads_inventory:
        return rows
    said = ApprovalSlot.objects.filter(Q(decided_by=user) | Q(stand_in=user)).order_by().values("line")
    mine = fillable_by(user, at=at).order_by().values("line")
    own = Q(request__requester=user) | Q(identity__in=Identity.objects.visible_to(user))
    return rows.filter(own | Q(pk__in=said) | Q(pk__in=mine))


def deciders_of(slots: Sequence[ApprovalSlot], *, on: date) -> dict[int, frozenset[int]]:
    """The ids of all who may fill each slot, by the slot's key: six queries, however many slots.

    The slots come with their ``line__identity``.
    """
    owners = [(slot.line.identity.owner_team_id, slot.line.identity.owner_user_id) for slot in slots]
    escalation = _escalation_team_id()
    sides = owner_sides([escalation, *(team for team, _ in owners)], [user for _, user in owners], on=on)
    security = frozenset(security_team().values_list("pk", flat=True))
    stand_ins = _deciding().filter(pk__in={slot.stand_in_id for slot in slots if slot.stand_in_id})
    active = frozenset(stand_ins.values_list("pk", flat=True))
    taken = _taken(slots)
    found = {}
    for slot, owner in zip(slots, owners, strict=True):
        if slot.kind == SlotKind.SECURITY:
            people = security
        else:
            on_the_side = sides.people(*owner)
            escalated = frozenset() if on_the_side - {slot.requester_id} else sides.people(escalation, None)
            people = on_the_side | escalated | {each for each in active if each == slot.stand_in_id}
        found[slot.pk] = people - {slot.requester_id} - taken[slot.line_id, slot.submission]
    return found


def _taken(slots: Iterable[ApprovalSlot]) -> dict[tuple[int, int], set[int]]:
    """Who has decided in each submission of each line."""
    taken: dict[tuple[int, int], set[int]] = defaultdict(set)
    decided = ApprovalSlot.objects.filter(line__in={slot.line_id for slot in slots}, decided_by__isnull=False)
    for line_id, submission, user_id in decided.values_list("line_id", "submission", "decided_by_id"):
        if user_id is not None:
            taken[line_id, submission].add(user_id)
    return taken


def _owned_by(user: User, *, on: date) -> Q:
    """What the person, a team of theirs, or somebody whose deputy they are owns."""
    stands_in = Deputy.objects.current(on).filter(deputy=user).order_by()
    teams = Q(line__identity__owner_team__in=Membership.objects.filter(user=user).values("team"))
    teams |= Q(line__identity__owner_team__in=stands_in.exclude(team=None).values("team"))
    people = Q(line__identity__owner_user=user)
    people |= Q(line__identity__owner_user__in=stands_in.exclude(user=None).values("user"))
    return (teams & Q(line__identity__owner_team__is_active=True)) | (
        people
        & Q(line__identity__owner_user__is_active=True, line__identity__owner_user__roles__overlap=DECIDING_ROLES)
    )


def _escalated_to(user: User, waiting: QuerySet[ApprovalSlot], *, on: date) -> Q:
    """The slots of the owner's side that have nobody but the requester, where they are this person's to fill."""
    nothing = Q(pk__in=())
    escalation = _escalation_team_id()
    if escalation is None or user.pk not in owner_sides([escalation], [], on=on).people(escalation, None):
        return nothing
    owners = ("requester", "line__identity__owner_team", "line__identity__owner_user")
    rows = set(waiting.filter(kind=SlotKind.OWNER).order_by().values_list(*owners).distinct())
    sides = owner_sides([team for _, team, _ in rows], [user for *_, user in rows], on=on)
    for row in rows:
        if not sides.people(*row[1:]) - {row[0]}:
            nothing |= Q(**dict(zip(owners, row, strict=True)))
    return nothing


def _escalation_team_id() -> int | None:
    name = in_force().escalation_team
    if not name:
        return None
    named = Team.objects.filter(name__iexact=name, is_active=True)
    return named.values_list("pk", flat=True).first()

"""Reviewers: who is asked about a path, and who may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from approvals.models import Grant, ReviewItem
from approvals.services.requests.deciders import owner_sides
from inventory.models import Identity, Role, Team, User

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is asked; neither a team nor a person means security. ``reason`` is shown on the item."""

    team: Team | None
    user: User | None
    reason: str


class Reviewers:
    """The choice for many items: who answers for an owner is asked once for each owner."""

    def __init__(self, fallback: Team | None, *, on: date) -> None:
        self._fallback, self._on = fallback, on
        self._people: dict[tuple[int | None, int | None], frozenset[int]] = {}

    def of(self, identity: Identity, grant: Grant | None) -> Chosen:
        """The owner, if somebody on their side may answer; else the fallback."""
        people = self._answering(identity.owner_team_id, identity.owner_user_id)
        barred = own_access(grant)
        if people - barred:
            return Chosen(identity.owner_team, identity.owner_user, "owner of the identity")
        if not people:
            return self._else("the identity has no owner who can be asked")
        return self._else("the owner asked for this access or answers for the vendor")

    def _else(self, why: str) -> Chosen:
        return Chosen(self._fallback, None, f"{why}: {self._fallback or 'security'} reviews it"[:LONGEST_REASON])

    def _answering(self, team_id: int | None, user_id: int | None) -> frozenset[int]:
        key = (team_id, user_id)
        if key not in self._people:
            self._people[key] = owner_sides([team_id], [user_id], on=self._on).people(team_id, user_id)
        return self._people[key]


def own_access(grant: Grant | None) -> set[int]:
    """The ids of those whose own access it is: who asked for it, and who answers for the vendor inside."""
    if grant is None:
        return set()
    sponsor = grant.vendor.sponsor_id if grant.vendor else None
    return {each for each in (grant.line.request.requester_id, sponsor) if each is not None}


class Refusals:
    """Why somebody may not decide on items, whose sides are read once: three queries, however many items.

    The items come with ``grant__vendor``, ``grant__line__request``, ``reviewer_team`` and ``reviewer_user``.
    """

    def __init__(self, user: User, items: Iterable[ReviewItem], *, on: date) -> None:
        self._user = user
        owners = {(item.reviewer_team_id, item.reviewer_user_id) for item in items}
        self._sides = owner_sides([team for team, _ in owners], [person for _, person in owners], on=on)

    def of(self, item: ReviewItem) -> str | None:
        """The sentence that refuses the person, or ``None`` where they may decide on the item."""
        if not self._user.is_active:
            return "This person has left and decides nothing."
        if self._user.pk in own_access(item.grant):
            return "You asked for this access or answer for the vendor yourself: somebody else has to review it."
        if item.reviewer_team_id is None and item.reviewer_user_id is None:
            return None if self._user.has_role([Role.SECURITY]) else "The security team reviews this."
        if self._user.pk in self._sides.people(item.reviewer_team_id, item.reviewer_user_id):
            return None
        return f"{item.reviewer_team or item.reviewer_user} reviews this. It can be handed on to you."


def why_not(user: User, item: ReviewItem, *, on: date) -> str | None:
    """Of one item, what :class:`Refusals` says."""
    return Refusals(user, [item], on=on).of(item)

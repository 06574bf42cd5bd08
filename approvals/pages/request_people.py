"""Who will be asked: the owner's side and security, before anybody is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from approvals.services.requests.deciders import owner_sides
from inventory.models import Identity, Team, User
from inventory.services.notices.recipients import security_team
from inventory.services.settings.in_force import in_force

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """``owner`` is the team or person that owns the identity; ``names`` are who can decide there.

    Without any, ``escalation`` decides for the owner, or a stand-in whom security appoints.
    """

    owner: str
    names: tuple[str, ...]
    more: int
    escalation: str


def asked_of(identities: Iterable[Identity], requester: User, *, on: date) -> Mapping[int, Asked]:
    """For each identity, in a fixed number of queries."""
    rows = list(identities)
    sides = owner_sides([each.owner_team_id for each in rows], [each.owner_user_id for each in rows], on=on)
    can = {each.pk: sides.people(each.owner_team_id, each.owner_user_id) - {requester.pk} for each in rows}
    names = {each.pk: str(each) for each in User.objects.filter(pk__in=set().union(*can.values()))}
    team = Team.objects.filter(name__iexact=in_force().escalation_team, is_active=True).first()
    escalation = team.name if team else ""
    return {each.pk: _asked(each, sorted(names[pk] for pk in can[each.pk]), escalation) for each in rows}


def _asked(identity: Identity, names: list[str], escalation: str) -> Asked:
    owner = str(identity.owner) if identity.owner else ""
    return Asked(owner, tuple(names[:_SHOWN]), max(0, len(names) - _SHOWN), escalation)


def security_people(requester: User) -> tuple[tuple[str, ...], int]:
    """Some of those who can fill the other side, and how many more there are."""
    people = security_team().exclude(pk=requester.pk).order_by("name")
    names = [str(each) for each in people]
    return tuple(names[:_SHOWN]), max(0, len(names) - _SHOWN)

"""Teams: what they are called, which words in tags mean them, who is in them, and whether they still are."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from inventory.models import Membership, Team, User
from inventory.services.audit import record
from inventory.services.owners.ownership import lock_owners
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.refusals import RefusedError, check_email, check_words


@transaction.atomic
def add_team(
    *,
    name: str,
    aliases: Iterable[str] = (),
    email: str = "",
    acting_user: User | None,
    at: datetime,
) -> Team:
    """The team of that name, made where it is missing."""
    wanted = name.strip()
    if not wanted or len(wanted) > 200:
        raise RefusedError("team", "A team's name has 1 to 200 characters.")
    check_words("team", wanted, 200)
    team = Team.objects.filter(name__iexact=wanted).first()
    if team is None:
        team = Team.objects.create(name=wanted, email=email, aliases=list(aliases), created_at=at)
        record(
            at=at,
            actor=acting_user,
            action="team.added",
            target=team,
            data={"name": wanted},
        )
    return team


@transaction.atomic
def join_team(*, user: User, team: Team, acting_user: User | None, at: datetime) -> None:
    """Make the person a member; nothing happens where they already are."""
    _, is_new = Membership.objects.get_or_create(user=user, team=team, defaults={"created_at": at})
    if is_new:
        record(
            at=at,
            actor=acting_user,
            action="team.joined",
            target=team,
            data={"person": user.email},
        )


@transaction.atomic
def leave_team(*, user: User, team: Team, acting_user: User | None, at: datetime) -> None:
    """The person is no member any more; nothing happens where they were none."""
    gone, _ = Membership.objects.filter(user=user, team=team).delete()
    if gone:
        record(at=at, actor=acting_user, action="team.left", target=team, data={"person": user.email})


@transaction.atomic
def enter_team(*, name: str, email: str, aliases: Iterable[str], acting_user: User | None, at: datetime) -> Team:
    """A new team; tags that say its name or an alias follow at once."""
    lock_owners()
    wanted = check_name(name)
    team = add_team(name=wanted, email=_address(email), aliases=check_aliases(aliases), acting_user=acting_user, at=at)
    reassign_owners(at=at, acting_user=acting_user)
    return team


@transaction.atomic
def edit_team(
    *, team: Team, name: str, email: str, aliases: Iterable[str], acting_user: User | None, at: datetime
) -> Team:
    """Give a team its name, address and aliases; tags that say one of them follow at once."""
    current = _locked(team)
    before = _known(current)
    current.name, current.email, current.aliases = check_name(name, team), _address(email), check_aliases(aliases)
    changed = {field: value for field, value in _known(current).items() if value != before[field]}
    if changed:
        current.save(update_fields=["name", "email", "aliases"])
        record(at=at, actor=acting_user, action="team.changed", target=current, data=changed)
        reassign_owners(at=at, acting_user=acting_user)
    return current


@transaction.atomic
def set_team_active(*, team: Team, is_active: bool, acting_user: User | None, at: datetime) -> None:
    """A team that is no more owns nothing; one that is back owns what names it."""
    current = _locked(team)
    if current.is_active == is_active:
        return
    current.is_active = is_active
    current.save(update_fields=["is_active"])
    action = "team.reactivated" if is_active else "team.deactivated"
    record(at=at, actor=acting_user, action=action, target=current, data={"name": current.name})
    reassign_owners(at=at, acting_user=acting_user)


def check_aliases(aliases: Iterable[str]) -> list[str]:
    """Other words for somebody, each once, in their order."""
    kept = list(dict.fromkeys(alias.strip() for alias in aliases if alias.strip()))
    for alias in kept:
        check_words("aliases", alias, 200)
    return kept


def check_name(name: str, team: Team | None = None) -> str:
    """A name that no other team bears."""
    wanted = name.strip()
    if not wanted:
        raise RefusedError("name", "A team needs a name.")
    check_words("name", wanted, 200)
    others = Team.objects.filter(name__iexact=wanted)
    if (others.exclude(pk=team.pk) if team else others).exists():
        raise RefusedError("name", f"There is a team named {wanted} already.")
    return wanted


def _address(email: str) -> str:
    address = email.strip()
    if address:
        check_email(address)
    return address


def _locked(team: Team) -> Team:
    lock_owners()
    return Team.objects.select_for_update().get(pk=team.pk)


def _known(team: Team) -> dict[str, list[str] | str]:
    return {"name": team.name, "email": team.email, "aliases": list(team.aliases)}

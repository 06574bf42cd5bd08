"""People: enter them, change what they are called and may do, and note that they left or are back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.models import ApiToken, Role, Team, User
from inventory.services.audit import record
from inventory.services.owners.ownership import lock_owners
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.people.api_tokens import revoke_token
from inventory.services.people.teams import add_team, check_aliases, join_team, leave_team
from inventory.services.refusals import RefusedError, check_email, check_words


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody says of a person; ``teams`` are names, ``line`` is where it stood in a file."""

    email: str
    name: str = ""
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    line: int = 0


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    teams: Iterable[str] = (),
    password: str | None = None,
    acting_user: User | None,
    at: datetime,
) -> User:
    """Add one person; teams that do not exist yet are made. Without a password they cannot sign in with one."""
    address = email.strip().lower()
    held = _roles(roles)
    _check_person(address, name)
    user = User(email=address, name=name.strip() or address, roles=held, created_at=at)
    _set_password(user, password)
    user.save()
    record(
        at=at,
        actor=acting_user,
        action="user.added",
        target=user,
        data={"email": address, "roles": held},
    )
    for team_name in teams:
        team = add_team(name=team_name, acting_user=acting_user, at=at)
        join_team(user=user, team=team, acting_user=acting_user, at=at)
    return user


@transaction.atomic
def enter_people(people: Iterable[NewPerson], *, acting_user: User | None, at: datetime) -> list[User]:
    """Add several people and let tags that name them count at once.

    Raises :class:`RefusedError` with a line for each entry that does not hold, and then adds nobody.
    """
    lock_owners()
    added, refused = [], []
    for person in people:
        try:
            added.append(_enter(person, acting_user=acting_user, at=at))
        except RefusedError as refusal:
            refused.append((refusal.field, f"Line {person.line}: {refusal}" if person.line else str(refusal)))
    if refused:
        raise RefusedError(refused[0][0], "\n".join(words for _, words in refused))
    reassign_owners(at=at, acting_user=acting_user)
    return added


@transaction.atomic
def _enter(person: NewPerson, *, acting_user: User | None, at: datetime) -> User:
    user = add_person(
        email=person.email,
        name=person.name,
        roles=person.roles,
        teams=person.teams,
        acting_user=acting_user,
        at=at,
    )
    if person.aliases:
        user.aliases = check_aliases(person.aliases)
        user.save(update_fields=["aliases"])
        record(at=at, actor=acting_user, action="user.changed", target=user, data={"aliases": user.aliases})
    return user


@transaction.atomic
def edit_person(
    *,
    user: User,
    name: str,
    roles: Iterable[str],
    aliases: Iterable[str],
    teams: Iterable[Team],
    acting_user: User | None,
    at: datetime,
) -> User:
    """Say anew what somebody is called, which words in tags mean them, what they may do, and which teams are theirs."""
    current = _locked(user)
    check_words("name", name.strip(), 200)
    before = _known(current)
    current.name = name.strip() or current.email
    current.roles = _roles(roles)
    current.aliases = check_aliases(aliases)
    if Role.ADMIN in before["roles"] and Role.ADMIN not in current.roles:
        _check_other_admin("roles", current)
    current.save(update_fields=["name", "roles", "aliases"])
    _set_teams(current, list(teams), acting_user=acting_user, at=at)
    after = _known(current)
    changed = {field: value for field, value in after.items() if value != before[field]}
    if changed:
        record(at=at, actor=acting_user, action="user.changed", target=current, data=changed)
        reassign_owners(at=at, acting_user=acting_user)
    return current


@transaction.atomic
def deactivate_person(*, user: User, acting_user: User | None, at: datetime) -> None:
    """The person has left: they can no longer sign in and no longer count as an owner, nor as anybody's deputy.

    Their API tokens end for good: whoever found one would be let in on the day on which the person is back.
    """
    locked = _locked(user)
    if not locked.is_active:
        return
    if Role.ADMIN in locked.roles:
        _check_other_admin("person", locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    record(
        at=at,
        actor=acting_user,
        action="user.deactivated",
        target=locked,
        data={"email": locked.email},
    )
    for token in ApiToken.objects.filter(user=locked, revoked_at=None):
        revoke_token(token, acting_user=acting_user, at=at)
    reassign_owners(at=at, acting_user=acting_user)


@transaction.atomic
def reactivate_person(*, user: User, acting_user: User | None, at: datetime) -> None:
    """The person is back: teams, roles and what was given to them count again, unless somebody took over."""
    locked = _locked(user)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record(at=at, actor=acting_user, action="user.reactivated", target=locked, data={"email": locked.email})
    reassign_owners(at=at, acting_user=acting_user)


def _locked(user: User) -> User:
    lock_owners()
    return User.objects.select_for_update().get(pk=user.pk)


def _known(user: User) -> dict[str, list[str] | str]:
    return {"name": user.name, "roles": sorted(user.roles), "aliases": list(user.aliases)}


def _check_other_admin(field: str, user: User) -> None:
    """Somebody has to be left who can let people in."""
    others = User.objects.active().filter(roles__contains=[Role.ADMIN]).exclude(pk=user.pk)
    if user.is_active and not others.exists():
        raise RefusedError(field, f"{user} is the last administrator. Give somebody else the role first.")


def _set_teams(user: User, teams: list[Team], *, acting_user: User | None, at: datetime) -> None:
    for membership in user.memberships.exclude(team__in=teams).select_related("team"):
        leave_team(user=user, team=membership.team, acting_user=acting_user, at=at)
    for team in teams:
        join_team(user=user, team=team, acting_user=acting_user, at=at)


def _roles(roles: Iterable[str]) -> list[str]:
    held = sorted(set(roles))
    for role in held:
        if role not in Role.values:
            raise RefusedError("role", f"{role!r} is not a role. Use one of: {', '.join(Role.values)}.")
    return held


def _check_person(address: str, name: str) -> None:
    check_email(address)
    check_words("name", name.strip(), 200)
    known = User.objects.filter(email__iexact=address).first()
    if known is not None:
        raise RefusedError("email", f"{address} already belongs to {known.name}.")


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    check_words("password", password, 1000)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RefusedError("password", " ".join(error.messages)) from error
    user.set_password(password)

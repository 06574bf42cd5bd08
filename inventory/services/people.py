"""Enter people and teams."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from inventory.models import Membership, Role, Team, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_words


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
def deactivate_person(*, user: User, acting_user: User | None, at: datetime) -> None:
    """The person has left: they can no longer sign in and no longer count as an owner."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        return
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    record(
        at=at,
        actor=acting_user,
        action="user.deactivated",
        target=locked,
        data={"email": locked.email},
    )


def _roles(roles: Iterable[str]) -> list[str]:
    held = sorted(set(roles))
    for role in held:
        if role not in Role.values:
            raise RefusedError("role", f"{role!r} is not a role. Use one of: {', '.join(Role.values)}.")
    return held


def _check_person(address: str, name: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise RefusedError("email", f"{address!r} is not an e-mail address.") from error
    check_words("email", address, 254)
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

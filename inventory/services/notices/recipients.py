"""Who has to know: the owner's side of an identity, the security team, whoever operates an account."""

from datetime import date

from django.db.models import Q, QuerySet

from inventory.models import Account, Deputy, Identity, Membership, Role, User


def security_team() -> QuerySet[User]:
    """Active people of the security team."""
    return User.objects.active().filter(roles__contains=[Role.SECURITY])


def owner_side(identity: Identity, *, on: date) -> QuerySet[User]:
    """Active people who speak for the identity on a day: its owner, the members of its team, and deputies of either."""
    deputies = Deputy.objects.current(on)
    people = Q(pk=identity.owner_user_id)
    if identity.owner_user_id is not None:
        people |= Q(pk__in=deputies.filter(user=identity.owner_user_id, user__is_active=True).values("deputy"))
    if identity.owner_team_id is not None:
        members = Membership.objects.filter(team=identity.owner_team_id, team__is_active=True)
        people |= Q(pk__in=members.values("user"))
        people |= Q(pk__in=deputies.filter(team=identity.owner_team_id, team__is_active=True).values("deputy"))
    return User.objects.active().filter(people)


def operators(account: Account) -> QuerySet[User]:
    """Active people who can change policies in the account: its team, or security where it has none."""
    people = User.objects.active().filter(memberships__team=account.owner_team_id, memberships__team__is_active=True)
    return people if account.owner_team_id is not None and people.exists() else security_team()

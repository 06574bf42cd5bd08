"""Who asks, and whether they may."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from inventory.models import User
from inventory.models.roles import Role


def person(request: HttpRequest) -> User:
    """The person who is signed in; every page but sign-in has one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_inventory_reader(request: HttpRequest) -> User:
    """For what speaks of every account: strangers get 404, as if it were not there."""
    user = person(request)
    if not user.reads_inventory:
        raise Http404
    return user


def require_role(request: HttpRequest, roles: frozenset[Role]) -> User:
    """For writes: strangers get 404, readers without the role 403."""
    user = require_inventory_reader(request)
    if not user.has_role(roles):
        raise PermissionDenied
    return user


def require_reader(request: HttpRequest, roles: frozenset[Role], *, member_of: int | None = None) -> User:
    """For what only some roles read: everybody else gets 404, members of the team named in ``member_of`` excepted."""
    user = person(request)
    is_member = member_of is not None and user.is_active and user.memberships.filter(team=member_of).exists()
    if not is_member and not user.has_role(roles):
        raise Http404
    return user

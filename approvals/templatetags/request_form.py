"""What the request form needs in its templates."""

from collections.abc import Mapping, Sequence

from django import template

from approvals.services.requests.requests import ASKS
from inventory.models import User

register = template.Library()


@register.filter
def of(problems: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    """What is said at one field."""
    return problems.get(name, ())


@register.filter
def may_ask(user: User) -> bool:
    """Whether the person asks for access."""
    return user.has_role(ASKS)

"""Notices and deliveries on pages."""

from django import template
from django.utils.safestring import SafeString

from inventory.models import Delivery, Notice, User
from inventory.templatetags.words import word
from inventory.words import DELIVERY_STATE

register = template.Library()

_MOST_COUNTED = 99


@register.simple_tag
def delivery_state(delivery: Delivery) -> SafeString:
    """Where it stands, as a word with its meaning on hover."""
    return word(DELIVERY_STATE[delivery.state])


@register.simple_tag
def unread_notices(user: User) -> str:
    """How many the person has not read, ``99+`` at most; nothing where there is none. One query."""
    unread = Notice.objects.visible_to(user).unread().order_by()[: _MOST_COUNTED + 1].count()
    return f"{_MOST_COUNTED}+" if unread > _MOST_COUNTED else str(unread or "")

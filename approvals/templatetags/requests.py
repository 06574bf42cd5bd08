"""How requests look on a page."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from approvals.models import ChangeTask, GrantRequest
from approvals.rules.states import RequestState
from approvals.services.requests.deciders import fillable_by
from approvals.words import REQUEST_STATE
from inventory.models import User
from inventory.templatetags import words as looks

register = template.Library()
_MANY = 100


@register.simple_tag
def request_state(asked_for: GrantRequest) -> SafeString:
    """Where it stands, as a word with its meaning on hover."""
    return looks.word(REQUEST_STATE[RequestState(asked_for.state)])


@register.simple_tag
def request_title(asked_for: GrantRequest) -> str:
    """``Renewal for Brightmail``."""
    return (
        f"{asked_for.get_kind_display()} for {asked_for.vendor}" if asked_for.vendor else asked_for.get_kind_display()
    )


@register.simple_tag
def task_link(task: ChangeTask) -> SafeString:
    """The way to a change that is to be written into AWS."""
    words = "Take access out of the policies of {}" if task.kind == "remove" else "Write access into the policies of {}"
    url = reverse("approvals:task_detail", args=[task.pk])
    return format_html('<a href="{}">{}</a>', url, words.format(task.identity))


@register.simple_tag
def inbox_number(user: User) -> str:
    """How many lines wait for the person's decision, ``99+`` where there are more; empty for none."""
    slots = fillable_by(user, at=timezone.now()).order_by().values("line").distinct()[:_MANY]
    number = slots.count()
    return f"{_MANY - 1}+" if number >= _MANY else str(number or "")

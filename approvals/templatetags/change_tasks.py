"""Change tasks on other pages; what a tag shows is what the person may see."""

from typing import Any

from django import template
from django.db.models import Q
from django.utils import timezone

from approvals.models import ChangeTask, Grant, GrantRequest
from approvals.task_words import state_word
from inventory.models import Identity, User

register = template.Library()

_SHOWN = 10
Context = dict[str, Any]


@register.inclusion_tag("approvals/fragments/task_lines.html", takes_context=True)
def tasks_of_grant(context: Context, grant: Grant) -> Context:
    """What was and is to be written into AWS for a grant."""
    return _lines(context, Q(grant=grant), "In AWS")


@register.inclusion_tag("approvals/fragments/task_lines.html", takes_context=True)
def tasks_of_request(context: Context, asked: GrantRequest) -> Context:
    """What a request leads to in AWS."""
    return _lines(context, Q(grant__line__request=asked), "In AWS")


@register.inclusion_tag("approvals/fragments/task_lines.html", takes_context=True)
def tasks_of_identity(context: Context, identity: Identity) -> Context:
    """What is still to be changed in the policies of an identity."""
    return _lines(context, Q(identity=identity, state__in=("open", "said_applied")), "To be changed in AWS")


def _lines(context: Context, about: Q, title: str) -> Context:
    user: User = context["user"]
    rows = ChangeTask.objects.visible_to(user).filter(about).select_related("assigned_team", "taken_by")
    on = timezone.localdate()
    return {"tasks": [(task, state_word(task, on)) for task in rows.order_by("-pk")[:_SHOWN]], "title": title}

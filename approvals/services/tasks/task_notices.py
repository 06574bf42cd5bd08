"""Who is told of a change task: whoever operates the account."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from approvals.models import ChangeTask
from approvals.rules.change_tasks import TaskKind
from inventory.models import Notice, User
from inventory.policy.words.conditions import shown_day
from inventory.services.notices.notices import NoticeKind, tell
from inventory.services.notices.recipients import operators, security_team


def tell_opened(task: ChangeTask, *, at: datetime) -> None:
    """A task is there, or has become urgent."""
    what = "has to be taken out of" if task.kind == TaskKind.REMOVE else "has to be written into"
    by = "at once" if task.is_urgent else f"by {shown_day(task.due_on)}"
    text = f"Access to {task.identity} {what} its policies {by}."
    _tell(task, "urgent" if task.is_urgent else "opened", text, at=at)


def tell_overdue(task: ChangeTask, *, at: datetime) -> None:
    """Its day has passed and no reading has shown it done."""
    _tell(task, "overdue", f"The change of the policies of {task.identity} was due on {shown_day(task.due_on)}.", at=at)


def tell_not_seen(task: ChangeTask, *, at: datetime) -> None:
    """Somebody said that it is applied, and AWS says otherwise."""
    text = (
        f"The change of the policies of {task.identity} was said to be applied, but the reading since does not show it."
    )
    _tell(task, f"not seen {task.said_at:%Y-%m-%dT%H:%M}", text, at=at)


def untold_overdue(on: date) -> "QuerySet[ChangeTask]":
    """Those whose day has passed, and nobody was told of it yet."""
    key = Concat(Value("task "), Cast(OuterRef("pk"), TextField()), Value(" overdue"), output_field=TextField())
    told = Notice.objects.filter(key=key)
    rows = ChangeTask.objects.overdue(on).exclude(Exists(told))
    return rows.order_by("pk").select_related("identity__scope__account")


def _tell(task: ChangeTask, step: str, text: str, *, at: datetime) -> None:
    tell(
        people_of(task),
        kind=NoticeKind.APPLY,
        key=f"task {task.pk} {step}",
        text=text,
        path=reverse("approvals:task_detail", args=[task.pk]),
        at=at,
        is_urgent=task.is_urgent,
    )


def people_of(task: ChangeTask) -> "list[User]":
    """Active people of the team that has to do it, else of security."""
    people = operators(task.identity.scope.account) if task.assigned_team_id is not None else security_team()
    return list(people)

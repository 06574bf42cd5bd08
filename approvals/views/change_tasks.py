"""To apply: what somebody has to change in AWS, and the pack that does it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.filters.change_tasks import ChangeTaskFilter
from approvals.forms.change_tasks import CancelTaskForm, CodeForm, SayAppliedForm
from approvals.models import ChangeTask
from approvals.models.code_declarations import CodeDeclaration
from approvals.pages.change_task import RELATED, pack_files, task_context
from approvals.rows.change_tasks import change_tasks
from approvals.services.tasks import task_claims
from approvals.services.tasks.code_declarations import declare_code, end_declaration
from approvals.tables.change_tasks import ChangeTaskTable
from approvals.zips import zipped
from inventory.models import Role, User
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person
from inventory.views.writes import DONE, attempt, not_done

TASKS = ListPage(
    name="task",
    namespace="approvals",
    section="tasks",
    title="To apply",
    noun=("task", "tasks"),
    lead="Changes that somebody has to make in AWS. A task is done when a reading shows it, not when somebody says so.",
    empty="Nothing is to be applied. A task comes by itself when a grant is approved, changed or over.",
    rows=change_tasks,
    filterset=ChangeTaskFilter,
    table=ChangeTaskTable,
    presets=(
        Preset("Mine", {"whose": "mine"}),
        Preset("Open", {"state": "open"}),
        Preset("Overdue", {"state": "overdue"}),
        Preset("Said applied", {"state": "said_applied"}),
        Preset("Done", {"state": "done"}),
    ),
)


@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with its pack, made for the policies as they are now."""
    return _page(request, pk)


@require_safe
def task_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole pack as a zip."""
    task = _visible(person(request), pk)
    answer = HttpResponse(zipped(pack_files(task, at=timezone.now())), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="task-{task.pk}-pack.zip"'
    return answer


@require_POST
def task_take(request: HttpRequest, pk: int) -> HttpResponse:
    """I am on it."""
    user, task = _may_act(request, pk)
    try:
        task_claims.take_task(task.pk, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, request.path.removesuffix("take/"))
    messages.success(request, "Others see now that you are on it.")
    return redirect("approvals:task_detail", pk)


@require_POST
def task_say_applied(request: HttpRequest, pk: int) -> HttpResponse:
    """It is applied, somebody says."""
    user, task = _may_act(request, pk)
    form = SayAppliedForm(request.POST)
    known = {"task_id": task.pk, "acting_user": user, "at": timezone.now()}
    status = attempt(form, task_claims.say_applied, **known)
    if status != DONE:
        return _page(request, pk, status, said_form=form)
    messages.success(request, "Kept as your word. The next reading of the identity verifies it.")
    return redirect("approvals:task_detail", pk)


@require_POST
def task_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody should do it."""
    user, task = _may_act(request, pk)
    if not user.has_role([Role.SECURITY]):
        raise PermissionDenied
    form = CancelTaskForm(request.POST)
    known = {"task_id": task.pk, "acting_user": user, "at": timezone.now()}
    status = attempt(form, task_claims.cancel_task, **known)
    if status != DONE:
        return _page(request, pk, status, cancel_form=form)
    messages.success(request, "Cancelled.")
    return redirect("approvals:task_detail", pk)


@require_POST
def task_declare_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The policies are written by code: say where."""
    user, task = _may_act(request, pk)
    form = CodeForm(request.POST)
    known = {"identity": task.identity, "acting_user": user, "at": timezone.now()}
    status = attempt(form, declare_code, **known)
    if status != DONE:
        return _page(request, pk, status, code_form=form)
    messages.success(request, "Kept. The pack leads with the change of the code from now on.")
    return redirect("approvals:task_detail", pk)


@require_POST
def task_end_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The policies are not written by code any more."""
    user, task = _may_act(request, pk)
    declared = CodeDeclaration.objects.about(task.identity)
    if declared is not None:
        end_declaration(declared.pk, identity=task.identity, acting_user=user, at=timezone.now())
    messages.success(request, "Kept. The pack leads with the command lines again.")
    return redirect("approvals:task_detail", pk)


def _visible(user: User, pk: int) -> ChangeTask:
    return get_object_or_404(ChangeTask.objects.visible_to(user).select_related(*RELATED), pk=pk)


def _may_act(request: HttpRequest, pk: int) -> tuple[User, ChangeTask]:
    user = person(request)
    task = _visible(user, pk)
    if not task.may_be_done_by(user):
        raise PermissionDenied
    return user, task


def _page(request: HttpRequest, pk: int, status: int = DONE, **forms: object) -> HttpResponse:
    user = person(request)
    task = _visible(user, pk)
    asked = {"said_form": SayAppliedForm(), "cancel_form": CancelTaskForm(), "code_form": CodeForm()} | forms
    context = task_context(user, task, at=timezone.now()) | asked | {"section": "tasks"}
    return render(request, "approvals/task.html", context, status=status)

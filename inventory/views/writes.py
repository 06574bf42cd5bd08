"""Writes from a page: what became of one, as the status that the page answers with."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import current_app
from celery.exceptions import OperationalError
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inventory.forms.answers import say_refusal
from inventory.forms.seen import SeenForm
from inventory.services.refusals import ConflictError, RefusedError

DONE, REFUSED, TOO_LATE = 200, 422, 409
# What every write ends with that may move owners or what is judged.
SETTLE_OWNERS = "inventory.tasks.settle_owners"


def attempt(form: forms.Form, write: Callable[..., Any], **known: Any) -> int:
    """Call ``write`` with what the form holds if it holds; a refusal is said at its field, a conflict above all."""
    if not form.is_valid():
        return TOO_LATE if isinstance(form, SeenForm) and form.is_late else REFUSED
    try:
        write(**form.cleaned_data, **known)
    except RefusedError as refusal:
        say_refusal(form, refusal)
        return REFUSED
    except ConflictError as conflict:
        form.add_error(None, conflict.message)
        return TOO_LATE
    return DONE


def not_done(request: HttpRequest, said: RefusedError | ConflictError, back: str) -> HttpResponse:
    """A page for a button that could not do its work: 409 where somebody was quicker, 422 where it is refused."""
    status = TOO_LATE if isinstance(said, ConflictError) else REFUSED
    context = {"said": said.message, "is_late": status == TOO_LATE, "back": back}
    return render(request, "errors/not_done.html", context, status=status)


def hint(task: str) -> None:
    """Tell a worker that rows are due; without a broker the next tick finds them by itself."""
    with suppress(OperationalError):
        current_app.send_task(task, expires=15, retry=False)


def tell(task: str, *arguments: object) -> None:
    """Have a worker do something with these values; without a broker the daily judgement makes good for it."""
    with suppress(OperationalError):
        current_app.send_task(task, args=arguments, retry=False)

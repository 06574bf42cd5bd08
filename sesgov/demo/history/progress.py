"""How far the history is, on every page of the demo, and a wall before changes until it is there."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe
from django_htmx.http import HTMX_STOP_POLLING, HttpResponseClientRedirect

from sesgov.demo.history.position import Position
from sesgov.demo.history.script import FIRST_DAY

READING_ONLY = "The history of this demo is still being filled in. Changes can be made when it is there."
# These write nothing of the estate.
OPEN_VIEWS = frozenset({"inventory:laboratory"})
OPEN_PLACES = ("/me/",)


@dataclass(frozen=True, slots=True)
class Progress:
    """``day`` of ``days`` are there; ``on`` is the day of the estate that the pages show."""

    day: int
    days: int
    on: date


def progress() -> Progress | None:
    """Nothing once the history is there."""
    position = Position.read(timezone.now().date())
    if position.is_filled:
        return None
    behind = timedelta(days=position.left[0].day)
    return Progress(position.days_done, FIRST_DAY, position.today - behind)


def history(_request: HttpRequest) -> dict[str, object]:
    """For every template: ``demo_history``, the progress while there is any."""
    return {"demo_history": SimpleLazyObject(progress)}


@require_safe
def history_line(request: HttpRequest) -> HttpResponse:
    """The line that says how far it is, asked for every two seconds until it is there."""
    now = progress()
    return render(request, "demo/history_line.html", {"history": now}, status=200 if now else HTMX_STOP_POLLING)


class HistoryWall(MiddlewareMixin):
    """Nobody changes the past: what is written between two steps of the replay would stand before what follows."""

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        """Let through what only reads, the sign-in, and everything once the history is there."""
        if request.method in ("GET", "HEAD", "OPTIONS") or _is_open(request) or progress() is None:
            return None
        messages.warning(request, READING_ONLY)
        htmx: Any = getattr(request, "htmx", None)
        return HttpResponseClientRedirect(resolve_url("dashboard")) if htmx else redirect("dashboard")


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.path.startswith(OPEN_PLACES) or (match is not None and match.view_name in OPEN_VIEWS)

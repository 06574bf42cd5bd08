"""One's own notices: what happened, what is asked of one, and what one is mailed about."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.notices import NoticeChoiceForm
from inventory.models import OPTIONAL_KINDS, Notice
from inventory.services.notices.choices import choice_of, choose, mark_read
from inventory.services.settings.in_force import in_force
from inventory.views.requests import person
from inventory.views.writes import DONE, attempt

_PER_PAGE = 50
_LARGEST_KEY = 2**63 - 1


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Newest first; all of them, or those that are not marked as read."""
    return _page(request, None)


@require_POST
def notice_read(request: HttpRequest) -> HttpResponse:
    """Mark one, or all that were on the page, as read."""
    until, only = _key(request, "until"), _key(request, "notice")
    if only is not None:
        mark_read(until=only, only=only, acting_user=person(request), at=timezone.now())
    elif until is not None:
        mark_read(until=until, acting_user=person(request), at=timezone.now())
    return redirect("inventory:notice_list")


@require_POST
def notice_choose(request: HttpRequest) -> HttpResponse:
    """What one is mailed about."""
    form = NoticeChoiceForm(request.POST)
    status = attempt(form, choose, acting_user=person(request), at=timezone.now())
    if status != DONE:
        return _page(request, form, status=status)
    messages.success(request, "Kept: from now on you are mailed as you chose.")
    return redirect("inventory:notice_list")


def _page(request: HttpRequest, form: NoticeChoiceForm | None, *, status: int = DONE) -> HttpResponse:
    user = person(request)
    notices = Notice.objects.visible_to(user)
    only_unread = request.GET.get("show") == "unread"
    page = Paginator((notices.unread() if only_unread else notices).order_by("-pk"), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    context: dict[str, Any] = {
        "section": "notices",
        "page": page,
        "shown": shown,
        "only_unread": only_unread,
        "newest": shown[0].pk if shown else None,
        "unread": notices.unread().count(),
        "form": form or _form(request),
        "digest_at": in_force().digest_at,
    }
    return render(request, "inventory/notices.html", context, status=status)


def _form(request: HttpRequest) -> NoticeChoiceForm:
    choice = choice_of(person(request))
    mailed = [kind.value for kind in OPTIONAL_KINDS if kind not in choice.muted]
    return NoticeChoiceForm(initial={"is_urgent_at_once": choice.is_urgent_at_once, "mailed": mailed})


def _key(request: HttpRequest, name: str) -> int | None:
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and int(value) <= _LARGEST_KEY else None

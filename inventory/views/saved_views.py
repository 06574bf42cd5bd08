"""Saved views: the row above a list, and what its buttons do."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from inventory.models import SavedView, User
from inventory.models.roles import SHARES_VIEWS
from inventory.services.people.saved_views import begin_with_view, delete_view, rename_view, save_view
from inventory.services.refusals import RefusedError
from inventory.views.requests import person

# The apps whose lists keep views.
_SPACES = ("inventory:", "approvals:")


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of one page for one person; ``query`` is the present one as it would be kept."""

    page: str
    query: str
    views: list[SavedView]
    may_share: bool
    own: list[SavedView]


def saved_views(user: User, page: str, given: QueryDict, names: Iterable[str]) -> SavedViews:
    """What stands above the list at the URL name ``page``, whose filters have those ``names``: one query."""
    rows = SavedView.objects.visible_to(user).filter(page=page).select_related("user").order_by("name", "pk")
    views = list(rows)
    own = [each for each in views if each.user_id == user.pk]
    return SavedViews(page, kept_query(given, names), views, user.has_role(SHARES_VIEWS), own)


def kept_query(given: QueryDict, names: Iterable[str]) -> str:
    """The filters and the order of a request, in the one way that views keep them."""
    known = {*names, "sort"}
    pairs = [(name, value) for name in sorted(given) if name in known for value in given.getlist(name) if value]
    return urlencode(pairs)


def default_query(user: User, page: str) -> str:
    """The filters that a person begins with on a page; empty where they chose none."""
    kept = SavedView.objects.filter(user=user, page=page, is_default=True).values_list("query", flat=True)
    return kept.first() or ""


@require_POST
def saved_view_add(request: HttpRequest) -> HttpResponse:
    """Keep the present filters."""
    page, given = request.POST.get("page", ""), QueryDict(request.POST.get("query", "")[:4000])
    query = kept_query(given, set(given) - {"page", "view"})
    try:
        save_view(
            page=_list_page(page),
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
            is_default="is_default" in request.POST,
            acting_user=person(request),
            at=timezone.now(),
        )
    except RefusedError as refusal:
        messages.error(request, refusal.message)
    return redirect(_address(page, query))


@require_POST
def saved_view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename it, begin with it or no longer, or drop it: the button says which."""
    user, at = person(request), timezone.now()
    view = get_object_or_404(SavedView.objects.visible_to(user), pk=pk)
    action = request.POST.get("do")
    try:
        if action == "rename":
            rename_view(pk, request.POST.get("name", ""), acting_user=user, at=at)
        elif action in ("default", "no_default"):
            begin_with_view(pk, is_default=action == "default", acting_user=user, at=at)
        elif action == "delete":
            delete_view(pk, acting_user=user, at=at)
    except RefusedError as refusal:
        messages.error(request, refusal.message)
    return redirect(_address(view.page, "" if action == "delete" else view.query))


def _list_page(page: str) -> str:
    try:
        if page.startswith(_SPACES) and page.endswith("_list"):
            reverse(page)
            return page
    except NoReverseMatch:
        pass
    raise Http404


def _address(page: str, query: str) -> str:
    url = reverse(page)
    return f"{url}?{query}" if query else url

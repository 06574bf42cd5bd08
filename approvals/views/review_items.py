"""Review items: the card, the list of them, and the way to the next one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.filters.review_items import ReviewItemFilter
from approvals.forms.review_items import HandOnForm, ReviewForm
from approvals.models import Campaign, ReviewItem
from approvals.pages.review_item import RELATED, item_context
from approvals.pages.review_list import item_status, item_tools
from approvals.pages.review_queue import next_item
from approvals.rows.review_items import review_items
from approvals.services.campaigns.reviewing import why_closed
from approvals.tables.review_items import ReviewItemTable
from approvals.views.sign_in_again import is_long_ago
from inventory.files.exports import Form
from inventory.filters.fields import row_number
from inventory.models import User
from inventory.views.lists import ListPage, Preset, export_view, list_view
from inventory.views.requests import person
from inventory.views.writes import DONE

_PRESETS = (
    Preset("Waiting for me", {"whose": "mine", "state": "pending"}),
    Preset("May be kept at once", {"whose": "mine", "state": "pending", "risk": "routine"}),
    Preset("New", {"change": "new"}),
    Preset("Changed", {"change": "changed"}),
    Preset("Out of order", {"risk": "any"}),
    Preset("To be removed or changed", {"state": "wanted"}),
    Preset("Not reviewed", {"state": "not_reviewed"}),
)


def items_page(campaign: Campaign) -> ListPage:
    """The list of one review."""
    return ListPage(
        name="review_item",
        namespace="approvals",
        arguments=(campaign.pk,),
        section="reviews",
        title=str(campaign),
        noun=("item", "items"),
        lead="One line for each way in which somebody outside can send as us, as it was when the review was frozen.",
        empty="Nothing in this review is yours to look at.",
        rows=partial(review_items, campaign=campaign),
        filterset=ReviewItemFilter,
        table=ReviewItemTable,
        presets=_PRESETS,
        tools="approvals/review_item_tools.html",
        tools_context=partial(item_tools, campaign=campaign),
        status="approvals/review_item_status.html",
        status_context=partial(item_status, campaign=campaign),
    )


def review_item_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The grid of one review: filter, files, and what is routine kept many at once."""
    return list_view(items_page(shown_campaign(person(request), pk)))(request)


def review_item_export(form: Form) -> Callable[[HttpRequest, int], HttpResponseBase]:
    """The same rows as a file of that form."""

    def view(request: HttpRequest, pk: int) -> HttpResponseBase:
        return export_view(items_page(shown_campaign(person(request), pk)), form)(request)

    return view


@require_safe
def review_next(request: HttpRequest, pk: int) -> HttpResponse:
    """On to my next open item; a page that says so where nothing is left."""
    user, campaign = person(request), shown_campaign(person(request), pk)
    after = row_number(request.GET.get("after", ""))
    item_id = next_item(user, campaign, after=after, on=timezone.localdate())
    if item_id is not None:
        return redirect("approvals:review_item_detail", item_id)
    mine = campaign.items.filter(decided_by=user)
    context = {"campaign": campaign, "mine": mine.count(), "closed": why_closed(campaign), "section": "reviews"}
    return render(request, "approvals/review_item_done.html", context)


@require_safe
def review_item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one item."""
    said = kept(request, pk)
    return item_page(request, pk, ReviewForm(initial=said) if said else ReviewForm())


def item_page(request: HttpRequest, pk: int, form: ReviewForm, *, status: int = DONE, **said: Any) -> HttpResponse:
    """The card; ``said`` is what became of an answer that was not taken."""
    user = person(request)
    context = item_context(shown_item(user, pk), user, at=timezone.now())
    given = {"section": "reviews", "form": form, "hand_on": HandOnForm()}
    return render(request, "approvals/review_item.html", given | context | said, status=status)


def shown_campaign(user: User, pk: int) -> Campaign:
    """The review, for those who have something to look at in it; strangers do not learn that it exists."""
    return get_object_or_404(Campaign.objects.visible_to(user), pk=pk)


def shown_item(user: User, pk: int) -> ReviewItem:
    """The item, for who may see it."""
    return get_object_or_404(ReviewItem.objects.visible_to(user).select_related(*RELATED), pk=pk)


def keep(request: HttpRequest, pk: int) -> None:
    """Hold what was written while the person signs in again."""
    request.session[_key(pk)] = {"note": request.POST.get("note", "")[:4000]}


def kept(request: HttpRequest, pk: int) -> dict[str, Any] | None:
    """What was written before, once, after signing in again."""
    if _key(pk) not in request.session or is_long_ago(request):
        return None
    said: dict[str, Any] = request.session.pop(_key(pk))
    return said


def _key(pk: int) -> str:
    return f"review-of-{pk}"

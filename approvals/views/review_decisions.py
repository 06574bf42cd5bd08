"""What reviewers say: of one item, of many routine ones, and that somebody else should look."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from approvals.forms.review_items import HandOnForm, ReviewForm
from approvals.models import ReviewItem
from approvals.pages.review_facts import Facts
from approvals.pages.review_queue import next_item
from approvals.pages.review_words import DECISION
from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.reviewing import Said, certify_many, decide_item, hand_on
from approvals.views.review_items import item_page, keep, shown_campaign, shown_item
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.filters.fields import row_number
from inventory.forms.answers import say_refusal
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.signed_in import signed_in_by
from inventory.views.writes import DONE, REFUSED, TOO_LATE, attempt, not_done
from inventory.words import counted

FORBIDDEN = 403
_CARD = "approvals:review_item_detail"


@require_POST
def review_item_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep, remove or change; then the next item. 409 to who comes too late, 403 to who may not."""
    user = person(request)
    item = shown_item(user, pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return item_page(request, pk, form, status=REFUSED)
    if is_long_ago(request):
        keep(request, pk)
        return lead_to_sign_in(request, _CARD, pk)
    said = form.cleaned_data
    seen = (said["seen_hash"], said["seen_number"])
    answer = Said(ItemDecision(said["decision"]), said["note"], signed_in_by(request), seen)
    try:
        item = decide_item(pk, answer, acting_user=user, at=timezone.now())
    except RefusedError as refusal:
        say_refusal(form, refusal)
        return item_page(request, pk, form, status=FORBIDDEN if refusal.field == "person" else REFUSED)
    except ConflictError as conflict:
        return item_page(request, pk, form, status=TOO_LATE, conflict=conflict)
    _say_decided(request, item)
    return _on_to_next(request, item)


@require_POST
def review_certify(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the chosen routine items, all of them or none."""
    user, campaign = person(request), shown_campaign(person(request), pk)
    chosen = _chosen(request, campaign.pk)
    if is_long_ago(request):
        return lead_to_sign_in(request, "approvals:review_item_list", pk)
    try:
        number = certify_many(chosen, signed_in_by=signed_in_by(request), acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, _list(pk))
    messages.success(request, f"Kept {counted(number, 'item')} that nothing has changed about.")
    return redirect(_back(request, pk))


@require_POST
def review_hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else should look at these. ``card`` says that it comes from the card of that item."""
    user, campaign = person(request), shown_campaign(person(request), pk)
    chosen, card = _chosen(request, campaign.pk), row_number(request.POST.get("card", ""))
    form = HandOnForm(request.POST)
    status = attempt(form, hand_on, item_ids=chosen, acting_user=user, at=timezone.now())
    if status != DONE:
        if card in chosen:
            return item_page(request, card, ReviewForm(), status=status, hand_on=form)
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return not_done(request, ConflictError(said) if status == TOO_LATE else RefusedError("", said), _list(pk))
    messages.success(request, f"Handed on: {counted(len(chosen), 'item')}. The chain of reviewers is kept.")
    return _on_to_next(request, shown_campaign_item(card)) if card else redirect(_back(request, pk))


def shown_campaign_item(pk: int) -> ReviewItem:
    """The item that was handed on, which its reader may no longer see."""
    return ReviewItem.objects.select_related("campaign").get(pk=pk)


def _chosen(request: HttpRequest, campaign_id: int) -> list[int]:
    """The ticked items as far as the person may see them; 403 where none of what was ticked is there for them."""
    wanted = {row_number(key) for key in request.POST.getlist("item")[:1000]} - {0}
    rows = ReviewItem.objects.visible_to(person(request)).filter(campaign=campaign_id, pk__in=wanted)
    found = list(rows.order_by("position").values_list("pk", flat=True))
    if wanted and not found:
        raise PermissionDenied
    return found


def _list(pk: int) -> str:
    return reverse("approvals:review_item_list", args=[pk])


def _back(request: HttpRequest, pk: int) -> str:
    """The list as it was narrowed."""
    query = QueryDict(request.POST.get("back", "")[:4000]).urlencode()
    return f"{_list(pk)}?{query}" if query else _list(pk)


def _say_decided(request: HttpRequest, item: ReviewItem) -> None:
    word, sentence = DECISION[item.decision].label, Facts(item.evidence).sentence
    back = reverse(_CARD, args=[item.pk])
    messages.success(request, format_html('<strong>{}:</strong> {} <a href="{}">Change it</a>', word, sentence, back))


def _on_to_next(request: HttpRequest, item: ReviewItem) -> HttpResponse:
    on = timezone.localdate()
    following = next_item(person(request), item.campaign, after=item.position, on=on)
    if following is None:
        return redirect("approvals:review_next", item.campaign_id)
    return redirect(_CARD, following)

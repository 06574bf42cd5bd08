"""The inbox: mine to decide, mine to apply, waiting for others, done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from approvals.forms.decisions import APPROVE, LikeDecisionForm, chosen
from approvals.models import ApprovalSlot
from approvals.pages.inbox import inbox_context
from approvals.services.grants.decisions import Decided, Verdict, decide_each
from approvals.services.requests.deciders import requests_shown_to
from approvals.views.decisions import say_decided
from approvals.views.sign_in_again import is_long_ago, lead_to_sign_in
from inventory.views.requests import person
from inventory.views.signed_in import signed_in_by
from inventory.views.writes import DONE, REFUSED, TOO_LATE


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the person who asks; everybody who is signed in has one."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = DONE, refused: list[Decided] | None = None) -> HttpResponse:
    context = {"section": "inbox", "refused": refused} | inbox_context(person(request), timezone.now())
    return render(request, "approvals/inbox.html", context, status=status)


@require_POST
def inbox_decide(request: HttpRequest) -> HttpResponse:
    """The same answer to several like lines; each is recorded by itself, and what is refused is named."""
    user, at = person(request), timezone.now()
    form = LikeDecisionForm(request.POST)
    seen = {each.number: each.terms_hash for each in chosen(request.POST.getlist("place"))}
    if not seen or not form.is_valid():
        messages.error(request, "Nothing was decided: choose at least one line.")
        return redirect("approvals:inbox")
    if is_long_ago(request):
        return lead_to_sign_in(request, "approvals:inbox")
    shown = requests_shown_to(user, at=at).order_by().values("pk")
    places = ApprovalSlot.objects.filter(pk__in=seen, line__request__in=shown).values_list("pk", flat=True)
    verdicts = {pk: _verdict(request, form, seen[pk]) for pk in places}
    done = decide_each(verdicts, acting_user=user, at=at)
    if done and all(each.refusal is not None for each in done):
        is_late = not any(hasattr(each.refusal, "field") for each in done)
        return _page(request, status=TOO_LATE if is_late else REFUSED, refused=done)
    say_decided(request, done)
    return redirect("approvals:inbox")


def _verdict(request: HttpRequest, form: LikeDecisionForm, terms_hash: str) -> Verdict:
    said = form.cleaned_data
    return Verdict(
        is_approved=said["decision"] == APPROVE,
        terms_hash=terms_hash,
        comment=said["comment"],
        signed_in_by=signed_in_by(request),
    )

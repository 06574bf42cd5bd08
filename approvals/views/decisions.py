"""Decisions: what an approver says of the lines of a request; each is recorded by itself."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.forms.decisions import APPROVE, CHANGES, SHORTEN, Chosen, DecisionForm, chosen
from approvals.models import ApprovalSlot, GrantRequest
from approvals.services.grants.decisions import Decided, Verdict, decide_each
from approvals.services.requests.requests import ask_for_changes
from approvals.views.requests import request_page, shown_request
from approvals.views.sign_in_again import is_long_ago, sign_in_again
from inventory.forms.answers import say_refusal
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.signed_in import signed_in_by
from inventory.views.writes import REFUSED, TOO_LATE
from inventory.words import counted

FORBIDDEN = 403


@require_POST
def request_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, shorten, reject or send back; 409 to who comes too late, 403 to who may not."""
    asked_for = shown_request(person(request), pk)
    form = DecisionForm(request.POST)
    lines = chosen(request.POST.getlist("line"))
    if not form.is_valid():
        return request_page(request, asked_for, form, status=REFUSED)
    if is_long_ago(request):
        return sign_in_again(request, asked_for)
    if form.cleaned_data["decision"] == CHANGES:
        return _send_back(request, asked_for, form)
    verdicts = _verdicts(request, asked_for, form, lines)
    if not verdicts:
        form.add_error(None, "Nothing was decided: choose at least one line.")
        return request_page(request, asked_for, form, status=REFUSED)
    done = decide_each(verdicts, acting_user=person(request), at=timezone.now())
    refused = [each for each in done if each.refusal is not None]
    if len(refused) < len(done):
        say_decided(request, done)
        return redirect("approvals:request_detail", pk=pk)
    return _none_taken(request, pk, form, refused)


def _verdicts(
    request: HttpRequest, asked_for: GrantRequest, form: DecisionForm, lines: Iterable[Chosen]
) -> dict[int, Verdict]:
    """What is said of each chosen place, by its key, as far as this request has it."""
    said = form.cleaned_data
    seen = {each.number: each.terms_hash for each in lines}
    places = ApprovalSlot.objects.filter(line__request=asked_for, submission=said["submission"], kind=said["kind"])
    return {
        slot.pk: Verdict(
            is_approved=said["decision"] in (APPROVE, SHORTEN),
            terms_hash=seen[slot.line_id],
            comment=said["comment"],
            ends_on=said["ends_on"],
            signed_in_by=signed_in_by(request),
        )
        for slot in places.filter(line__in=seen)
    }


def _send_back(request: HttpRequest, asked_for: GrantRequest, form: DecisionForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        ask_for_changes(
            asked_for.pk,
            comment=said["comment"],
            submission=said["submission"],
            acting_user=person(request),
            at=timezone.now(),
        )
    except RefusedError as refusal:
        say_refusal(form, refusal)
        return request_page(request, asked_for, form, status=_status([refusal]))
    except ConflictError as conflict:
        return request_page(request, shown_request(person(request), asked_for.pk), form, status=409, conflict=conflict)
    messages.success(request, "Sent back. Whoever asked is told what should be different.")
    return redirect("approvals:request_detail", pk=asked_for.pk)


def _none_taken(request: HttpRequest, pk: int, form: DecisionForm, refused: Sequence[Decided]) -> HttpResponse:
    """The page as it stands now, with why nothing was taken: at the field, or above all."""
    refusals = [each.refusal for each in refused if each.refusal is not None]
    conflict = next((each for each in refusals if isinstance(each, ConflictError)), None)
    for text in dict.fromkeys(_named(each, len(refused) > 1) for each in refused if each.refusal is not conflict):
        form.add_error(_field(refusals) if len(refused) == 1 else None, text)
    now = shown_request(person(request), pk)
    return request_page(request, now, form, status=_status(refusals), conflict=conflict)


def _field(refusals: Sequence[RefusedError | ConflictError]) -> str | None:
    field = getattr(refusals[0], "field", "")
    return field if field in DecisionForm.base_fields else None


def _status(refusals: Sequence[RefusedError | ConflictError]) -> int:
    if any(isinstance(each, ConflictError) for each in refusals):
        return TOO_LATE
    return FORBIDDEN if all(getattr(each, "field", "") == "person" for each in refusals) else REFUSED


def _named(decided: Decided, is_one_of_many: bool) -> str:
    text = decided.refusal.message if decided.refusal else ""
    return f"{decided.slot.line.identity}: {text}" if is_one_of_many else text


_VERDICTS: Mapping[str, str] = {"approved": "Approved", "rejected": "Rejected"}


def say_decided(request: HttpRequest, done: Sequence[Decided]) -> None:
    """What was taken in one sentence, what was not by name."""
    taken = [each.slot for each in done if each.refusal is None]
    if taken:
        names = str(taken[0].line.identity) if len(taken) == 1 else counted(len(taken), "line")
        messages.success(request, f"{_VERDICTS[taken[0].verdict]}: {names}.{_what_follows(taken)}")
    for each in done:
        if each.refusal is not None:
            messages.error(
                request,
                f"{each.slot.line.identity} (request {each.slot.line.request_id}) is not decided. "
                f"{each.refusal.message}",
            )


def _what_follows(taken: Sequence[ApprovalSlot]) -> str:
    if taken[0].verdict != ApprovalSlot.Verdict.APPROVED:
        return " Whoever asked is told why."
    open_slots = ApprovalSlot.objects.filter(line__in=[slot.line_id for slot in taken], verdict="")
    sides = sorted(set(open_slots.values_list("kind", flat=True)))
    if not sides:
        return " Both sides agreed, so it is granted."
    return f" Now {'the owner' if sides == ['owner'] else 'security'} decides."

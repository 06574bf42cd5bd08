"""Adoption: an owner says of each line that is there already whether it stays."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from approvals.forms.adoption import END, KEEP, NOT_MINE, ReasonForm
from approvals.pages import adoption as page
from approvals.pages.adoption import Party, Row
from approvals.services.matching.adoption import Adoptable, adoptable, end_on, hand_over, keep, not_mine, tell_security
from inventory.models import Role, User
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, REFUSED, TOO_LATE

ANSWERS = frozenset({Role.OWNER, Role.SECURITY})


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if not user.roles:
        raise Http404
    if request.method == "POST" and not user.has_role(ANSWERS):
        raise PermissionDenied
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def adoption(request: HttpRequest) -> HttpResponse:
    """Whom there is something to say of; POST hands what is never adopted to security, in one notice."""
    user, at = _reader(request), timezone.now()
    lines, more = page.apart_for(user, at)
    rows = page.rows_of(user, lines, None)
    if request.method == "POST":
        new = [row.line for row in rows if row.may_answer and row.said.disowned is None]
        number = hand_over(new, acting_user=user, at=at)
        said = f"Handed to security in one notice: {number} to look at." if number else "Security has them already."
        messages.success(request, said)
        return redirect("approvals:adoption")
    context = {
        "section": "adoption",
        "waiting": page.waiting(user),
        "apart": rows,
        "more": more,
        "may_hand_over": any(row.may_answer and row.said.disowned is None for row in rows),
    }
    return render(request, "approvals/adoption.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def adoption_vendor(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that one company can do already as what one owns."""
    user = _reader(request)
    return _page(request, user, page.party_of_vendor(user, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def adoption_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """The same for one account that belongs to no vendor."""
    user = _reader(request)
    return _page(request, user, page.party_of_account(user, account_id))


def _page(request: HttpRequest, user: User, party: Party | None) -> HttpResponse:
    if party is None:
        raise Http404
    at, status = timezone.now(), DONE
    identities = page.page_of(user, party, request.GET.get("page", ""))
    lines = adoptable(list(identities), accounts=party.account_ids, at=at)
    is_post = request.method == "POST"
    rows = page.rows_of(user, lines, request.POST if is_post else None)
    reason = ReasonForm(request.POST if is_post else None)
    late = _late(request.POST, lines) if is_post else 0
    if is_post and reason.is_valid():
        status = _answer(rows, reason.cleaned_data, user)
        done = [row for row in rows if row.done]
        if done:
            messages.success(request, _summary(done))
        if status == DONE and not late:
            return redirect(request.get_full_path())
        rows = [row for row in rows if not row.done]
    context = {
        "section": "adoption",
        "party": party,
        "page": identities,
        "rows": [row for row in rows if row.line.found.terms is not None],
        "apart": [row for row in rows if row.line.found.terms is None],
        "reason": reason,
        "late": late,
        "may_answer": any(row.may_answer and not row.is_settled and row.line.found.terms for row in rows),
    }
    return render(request, "approvals/adoption_party.html", context, status=TOO_LATE if late else status)


def _late(data: Mapping[str, Any], lines: Sequence[Adoptable]) -> int:
    """How many answers are to what AWS no longer allows so."""
    known = {f"{line.key}-answer" for line in lines}
    return sum(1 for name in data if name.endswith("-answer") and data[name] and name not in known)


def _answer(rows: Sequence[Row], reason: Mapping[str, str], user: User) -> int:
    """Each line by itself: one that is refused keeps no other from being recorded."""
    status = DONE
    disowned = []
    for row in rows:
        try:
            row.done = _one(row, reason, user)
        except (RefusedError, ConflictError) as said:
            row.problem = said.message
            status = max(status, TOO_LATE if isinstance(said, ConflictError) else REFUSED)
        if row.done and row.form.cleaned_data["answer"] == NOT_MINE:
            disowned.append(row.line)
    tell_security(disowned, acting_user=user, at=timezone.now())
    return status


def _one(row: Row, reason: Mapping[str, str], user: User) -> str:
    """What was done, or nothing where nothing was said."""
    form, at = row.form, timezone.now()
    if not form.is_valid():
        raise RefusedError("until", " ".join(str(each) for errors in form.errors.values() for each in errors))
    answer, until = form.cleaned_data["answer"], form.cleaned_data["until"]
    if answer == KEEP:
        keep(row.line, until=until, reason=reason["reason"], ticket=reason["ticket"], acting_user=user, at=at)
    elif answer == END:
        end_on(row.line, until=until, acting_user=user, at=at)
    elif answer == NOT_MINE:
        not_mine(row.line, acting_user=user, at=at)
    return str(answer)


def _summary(rows: Sequence[Row]) -> str:
    words = {
        KEEP: "asked to be kept: security decides as well",
        END: "to be taken out by its day",
        NOT_MINE: "handed to security",
    }
    numbers = {answer: sum(1 for row in rows if row.done == answer) for answer in words}
    return "Recorded: " + ", ".join(f"{number} {words[answer]}" for answer, number in numbers.items() if number) + "."

"""Requests as they are written: new, edited, following a grant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from approvals.forms.request_form import USUAL_ACTIONS, RequestForm, shown_wish
from approvals.models import Grant, GrantRequest
from approvals.pages.request_form import askable, identity_choices, sender_choices, ticked_in
from approvals.pages.request_preview import Draft, draft_of
from approvals.rules.states import RequestState
from approvals.rules.wishes import wish_of
from approvals.services.requests.asking import MOST_LINES, Asking, ask, check_may_follow, sendable
from approvals.services.requests.requests import ASKS, withdraw
from inventory.filters.fields import account_digits, row_number
from inventory.models import Account, User, Vendor
from inventory.policy.account_ids import is_account_id
from inventory.services.refusals import ConflictError, RefusedError
from inventory.views.requests import person
from inventory.views.writes import DONE, REFUSED, SETTLE_OWNERS, TOO_LATE, hint, not_done

_SAVE, _SUBMIT = "draft", "submit"


@dataclass(frozen=True, slots=True)
class Writing:
    """What is being written: a new request, one that is there (``request_id``), or what follows a grant."""

    kind: str
    title: str
    initial: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, Any] | None = None
    predecessor: Grant | None = None
    request_id: int | None = None


def _asker(request: HttpRequest) -> User:
    """Strangers get 404, readers who ask for nothing 403."""
    user = person(request)
    if not user.roles:
        raise Http404
    if not user.has_role(ASKS):
        raise PermissionDenied
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Let someone send: prefilled with an identity, a company or an account where one came from there."""
    user = _asker(request)
    initial = _prefilled(request.GET, user) if request.method != "POST" else {}
    return _write(request, user, Writing(GrantRequest.Kind.NEW, "Let someone send", initial))


def _prefilled(asked: Mapping[str, str], user: User) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if identity := row_number(asked.get("identity", "")):
        found["identities"] = list(askable(user).filter(pk=identity).values_list("pk", flat=True))
    if name := asked.get("sending_name", ""):
        found["identities"] = list(askable(user).filter(sending_name=name).values_list("pk", flat=True)[:MOST_LINES])
    vendor = Vendor.objects.filter(pk=row_number(asked.get("vendor", ""))).first()
    accounts = list(vendor.accounts.filter(relationship="partner").order_by("account_id")) if vendor else []
    if vendor and accounts:
        only = f"account-{accounts[0].account_id}"
        found["sender"] = f"vendor-{vendor.pk}" if len(accounts) > 1 else only
    elif vendor:
        found["company"] = vendor.name
    delegate = account_digits(asked.get("delegate", ""))
    if is_account_id(delegate):
        is_known = Account.objects.filter(account_id=delegate, relationship="partner").exists()
        found |= {"sender": f"account-{delegate}"} if is_known else {"principals": delegate}
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft, or what was sent back, by whoever asked for it."""
    user = _asker(request)
    stored = get_object_or_404(GrantRequest.objects.visible_to(user), pk=pk)
    if stored.requester_id != user.pk:
        raise PermissionDenied
    if stored.state not in (RequestState.DRAFT, RequestState.CHANGES_REQUESTED):
        said = stored.state.replace("_", " ")
        return not_done(request, ConflictError(f"It is {said} already and is not changed."), _there(stored))
    lines = list(stored.lines.select_related("identity", "predecessor"))
    wish = wish_of([(sendable(line.identity), line.grant_terms) for line in lines])
    if wish is None:
        differ = RefusedError("lines", "Its lines differ from each other. Withdraw it and ask for each by itself.")
        return not_done(request, differ, _there(stored))
    shown = shown_wish(wish) | {
        "identities": [line.identity_id for line in lines],
        "justification": stored.justification,
        "ticket": stored.ticket,
    }
    seen = shown | {"state": stored.state, "submissions": stored.submissions}
    return _write(
        request, user, Writing(stored.kind, "Change the request", shown, seen, lines[0].predecessor, stored.pk)
    )


@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked no longer wants it."""
    user = _asker(request)
    stored = get_object_or_404(GrantRequest.objects.visible_to(user), pk=pk)
    if stored.requester_id != user.pk:
        raise PermissionDenied
    try:
        withdraw(stored.pk, acting_user=user, at=timezone.now())
    except (RefusedError, ConflictError) as said:
        return not_done(request, said, _there(stored))
    messages.success(request, "Withdrawn. Nobody is asked any more.")
    return redirect(_there(stored))


@require_http_methods(["GET", "HEAD", "POST"])
def grant_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """The same access for longer: a successor, from the day after."""
    user = _asker(request)
    grant = _grant(user, pk)
    first = max(timezone.localdate(), grant.effective_ends_on + timedelta(days=1))
    dates = {"starts_on": first.isoformat(), "ends_on": ""}
    return _follow(request, user, grant, Writing(GrantRequest.Kind.RENEW, "Renew", dates, predecessor=grant))


@require_http_methods(["GET", "HEAD", "POST"])
def grant_modify(request: HttpRequest, pk: int) -> HttpResponse:
    """Other terms: a successor that takes over once two people agreed."""
    user = _asker(request)
    grant = _grant(user, pk)
    dates = {"starts_on": "", "ends_on": grant.ends_on.isoformat()}
    return _follow(request, user, grant, Writing(GrantRequest.Kind.MODIFY, "Change", dates, predecessor=grant))


def _grant(user: User, pk: int) -> Grant:
    rows = Grant.objects.visible_to(user).select_related("identity", "line__request")
    return get_object_or_404(rows, pk=pk)


def _follow(request: HttpRequest, user: User, grant: Grant, writing: Writing) -> HttpResponse:
    back = reverse("inventory:identity_detail", args=[grant.identity_id])
    try:
        check_may_follow(grant)
    except ConflictError as conflict:
        return not_done(request, conflict, back)
    wish = wish_of([(sendable(grant.identity), grant.grant_terms)])
    if wish is None:
        mixed = RefusedError("terms", "This grant lets in accounts and services together. Ask for each by itself.")
        return not_done(request, mixed, back)
    asked = grant.line.request
    shown = shown_wish(wish) | {"justification": asked.justification, "ticket": asked.ticket}
    seen = {"grant": grant.pk, "decision": grant.decision, "ends": grant.effective_ends_on, **grant.terms}
    initial = {**shown, **writing.initial, "identities": [grant.identity_id]}
    return _write(request, user, replace(writing, initial=initial, seen={"seen_grant": repr(seen)}))


def _write(request: HttpRequest, user: User, writing: Writing) -> HttpResponse:
    """The page, the part that follows from what is typed, or the answer to a button."""
    at = timezone.now()
    form, do = _form(request, user, writing), request.POST.get("do", "")
    is_live = _is_fragment(request)
    refusal: RefusedError | ConflictError | None = None
    if do in (_SAVE, _SUBMIT) and not is_live and form.is_valid():
        try:
            return _done(request, _asked(form, writing, user, at, is_submitted=do == _SUBMIT))
        except (RefusedError, ConflictError) as said:
            refusal = said
    is_complete = do in (_SAVE, _SUBMIT) and not is_live
    draft = draft_of(form, user, kind=writing.kind, predecessor=writing.predecessor, at=at, is_complete=is_complete)
    status = DONE
    if is_complete:
        status = TOO_LATE if form.is_late or isinstance(refusal, ConflictError) else REFUSED
    if isinstance(refusal, RefusedError):
        draft.say(refusal)
    elif refusal is not None:
        draft.problems["__all__"] = [refusal.message]
    return _rendered(request, user, writing, form, draft, status)


def _form(request: HttpRequest, user: User, writing: Writing) -> RequestForm:
    """Always with what it holds, so that a page that came filled in says at once what follows."""
    rows = askable(user)
    if writing.predecessor is not None:
        rows = rows.filter(pk=writing.predecessor.identity_id)
    options: dict[str, Any] = {
        "senders": sender_choices(user, timezone.localdate()),
        "identities": rows,
        "actions": writing.initial.get("actions", ()),
        "shown": writing.seen,
    }
    if request.method == "POST":
        return RequestForm(_pressed(request.POST, user), **options)
    data: dict[str, Any] = {"actions": list(USUAL_ACTIONS), "time_zone": settings.SESGOV_TIME_ZONE.key}
    form = RequestForm(data, **options)
    data |= {**writing.initial, "seen": form.initial.get("seen", "")}
    return form


def _pressed(said: QueryDict, user: User) -> QueryDict:
    """What was filled in, with what a button beside a field adds where no script does."""
    data = said.copy()
    if until := said.get("until"):
        data["ends_on"] = str(until)
    if name := said.get("tick"):
        added = askable(user).filter(sending_name=str(name)).values_list("pk", flat=True)[:MOST_LINES]
        data.setlist("identities", list(dict.fromkeys([*said.getlist("identities"), *map(str, added)])))
    return data


def _asked(form: RequestForm, writing: Writing, user: User, at: datetime, *, is_submitted: bool) -> GrantRequest:
    said, wish = form.cleaned_data, form.wish()
    if wish is None:
        raise RefusedError("sender", "Choose who will send, or write an account below.")
    asking = Asking(
        kind=writing.kind,
        wish=wish,
        identities=said["identities"],
        justification=said["justification"],
        ticket=said["ticket"],
        newcomer=form.newcomer(),
        predecessor=writing.predecessor,
    )
    return ask(asking, is_submitted=is_submitted, request_id=writing.request_id, acting_user=user, at=at)


def _done(request: HttpRequest, made: GrantRequest) -> HttpResponse:
    hint(SETTLE_OWNERS)
    if made.state == RequestState.PENDING:
        messages.success(request, "Sent. The owner's side and security are asked; they have seven days.")
        return redirect(_there(made))
    messages.success(request, "Kept as a draft. Nobody is asked until you send it.")
    return redirect("approvals:request_edit", made.pk)


def _there(stored: GrantRequest) -> str:
    return reverse("approvals:request_detail", args=[stored.pk])


def _is_fragment(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def _rendered(
    request: HttpRequest, user: User, writing: Writing, form: RequestForm, draft: Draft, status: int
) -> HttpResponse:
    is_live = _is_fragment(request)
    identities, has_more = identity_choices(user, form)
    context = {
        "section": "request_new",
        "writing": writing,
        "form": form,
        "draft": draft,
        "problems": draft.problems,
        "identities": identities,
        "ticked": ticked_in(form),
        "has_more": has_more,
        "companies": Vendor.objects.order_by("name").values_list("name", flat=True),
        "is_live": is_live,
        "fields": [each.name for each in form.visible_fields() if each.name != "find"],
    }
    template = "approvals/request_form.html"
    if is_live:
        finds = request.headers.get("HX-Target") == "identity-choices"
        template = "approvals/request_form_identities.html" if finds else "approvals/request_form_live.html"
    # What is said while one types comes with 200: htmx leaves other answers aside.
    response = render(request, template, context, status=DONE if is_live else status)
    patch_vary_headers(response, ["HX-Request"])
    return response

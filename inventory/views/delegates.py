"""Delegates: what an outside account can do to us."""

from functools import partial

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inventory import populations
from inventory.filters import DelegateFilter
from inventory.forms.delegates import RegisterForm, VerifyForm
from inventory.models import Account, User, Vendor
from inventory.models.roles import MANAGES_VENDORS
from inventory.pages.delegate import delegate_context
from inventory.paths import paths_of
from inventory.services.refusals import ConflictError
from inventory.services.registry.account_verifications import verify_account
from inventory.services.registry.accounts import NewAccount
from inventory.services.registry.delegate_registration import register_delegate
from inventory.tables import DelegateTable
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done

DELEGATES = ListPage(
    name="delegate",
    section="delegates",
    title="Delegates",
    noun=("outside account", "outside accounts"),
    lead="Every account outside the owner's that a live policy lets in. Who names no account (anyone, "
    "organizations, services) stands with the identities.",
    empty="No policy that was seen lets in an outside account.",
    rows=populations.delegates,
    filterset=DelegateFilter,
    table=DelegateTable,
    presets=(
        Preset("Unknown and can send", {"trust": "unregistered", "sends": "yes"}),
        Preset("Not verified and can send", {"trust": "unverified", "sends": "yes"}),
        Preset("Former", {"trust": "former"}),
        Preset("Partners", {"trust": "partner"}),
        Preset("Our organization", {"trust": "organization"}),
    ),
)


@require_safe
def delegate_detail(request: HttpRequest, account_id: str) -> HttpResponse:
    """What can this account do to us? One that is registered has a page before and after it can do something."""
    return _page(request, person(request), account_id)


def _page(
    request: HttpRequest, user: User, account_id: str, status: int = DONE, **answered: forms.Form
) -> HttpResponse:
    account = _account(account_id)
    may_see = Account.objects.visible_to(user).filter(account_id=account_id).exists()
    if not may_see and not paths_of(user, [account_id]).exists():
        raise Http404
    context = delegate_context(user, account_id, account, timezone.now()) | {"section": "delegates"}
    if user.has_role(MANAGES_VENDORS):
        context |= {"register": RegisterForm(user=user), "verify": VerifyForm(), "vendors": list(Vendor.objects.all())}
    return render(request, "inventory/delegate.html", context | answered, status=status)


def _account(account_id: str) -> Account | None:
    rows = Account.objects.select_related("vendor__sponsor", "organization").prefetch_related("vendor__contacts")
    return rows.filter(account_id=account_id).first()


@require_POST
def delegate_register(request: HttpRequest, account_id: str) -> HttpResponse:
    """Say whose account it is; what it may do is judged again at once."""
    user = require_role(request, MANAGES_VENDORS)
    if not paths_of(user, [account_id]).exists():
        raise Http404
    form = RegisterForm(request.POST, user=user)

    def write(**said: object) -> None:
        register_delegate(NewAccount(account_id, **said), acting_user=user, at=timezone.now())  # type: ignore[arg-type]

    status = attempt(form, write)
    if status != DONE:
        if Account.objects.filter(account_id=account_id).exists():
            late = ConflictError("Somebody registered this account meanwhile. Look at what they said of it.")
            return not_done(request, late, reverse("inventory:delegate_detail", args=[account_id]))
        return _page(request, user, account_id, status, register=form)
    hint(SETTLE_OWNERS)
    messages.success(request, "Registered. What it may do is judged again now; the lists follow in a moment.")
    return redirect("inventory:delegate_detail", account_id)


@require_POST
def account_verify(request: HttpRequest, account_id: str) -> HttpResponse:
    """Keep who found out, when and how, that the account is what the registry says."""
    user = require_role(request, MANAGES_VENDORS)
    account = get_object_or_404(Account.objects.visible_to(user), account_id=account_id)
    form = VerifyForm(request.POST)
    status = attempt(form, partial(verify_account, account), acting_user=user, at=timezone.now())
    if status != DONE:
        return _page(request, user, account_id, status, verify=form)
    messages.success(request, f"{account} is verified for 12 months.")
    return redirect("inventory:delegate_detail", account_id)

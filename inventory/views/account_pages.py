"""One account: its page, what is changed of it, and regions declared unused."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.accounts import AccountForm, DeclarationForm, seen_mark
from inventory.models import Account, ScopeDeclaration, User
from inventory.models.roles import DECLARES_UNUSED, MANAGES_ACCOUNTS
from inventory.pages.account import account_context
from inventory.services.refusals import ConflictError, RefusedError
from inventory.services.registry.account_changes import change_account, keep_as_ours
from inventory.services.registry.account_checks import request_checks
from inventory.services.registry.scope_declarations import declare_unused, withdraw_declaration
from inventory.views.requests import require_inventory_reader, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint, not_done


@require_safe
def account_detail(request: HttpRequest, account_id: str) -> HttpResponse:
    """The account with its regions, checks, declarations and history."""
    user = require_inventory_reader(request)
    return _page(request, user, _account(user, account_id))


def _account(user: User, account_id: str) -> Account:
    rows = Account.objects.visible_to(user).select_related("vendor", "owner_team", "organization")
    return get_object_or_404(rows, account_id=account_id)


def _page(
    request: HttpRequest, user: User, account: Account, *, form: DeclarationForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = account_context(account, timezone.now())
    may_declare = user.has_role(DECLARES_UNUSED)
    open_to_it = [row.scope.pk for row in context["regions"] if row.may_be_declared]
    if may_declare and open_to_it and form is None:
        form = DeclarationForm(scopes=account.scopes.filter(pk__in=open_to_it))
    context |= {
        "section": "accounts",
        "form": form,
        "may_manage": user.has_role(MANAGES_ACCOUNTS),
        "may_declare": may_declare,
    }
    return render(request, "inventory/account.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: HttpRequest, account_id: str) -> HttpResponse:
    """What the registry says of the account; 409 where it changed since the page was opened."""
    user = require_role(request, MANAGES_ACCOUNTS)
    account = _account(user, account_id)
    status = 200
    form = AccountForm.of(account)
    if request.method == "POST":
        form = AccountForm(request.POST)
        status = attempt(form, lambda **said: _change(form, account, user, said))
        if status == DONE:
            return redirect("inventory:account_detail", account_id=account_id)
    context = {"section": "accounts", "account": account, "form": form, "has_external_id": bool(account.external_id)}
    return render(request, "inventory/account_edit.html", context, status=status)


def _change(form: AccountForm, account: Account, user: User, said: dict[str, Any]) -> None:
    with transaction.atomic():
        # Two who saw the same page are told apart by who holds the row first.
        if said["seen"] != seen_mark(_held(account)):
            raise ConflictError("Somebody changed this account meanwhile. Open the page again, and enter it anew.")
        changed = change_account(account.account_id, form.changes(), acting_user=user, at=timezone.now())
    if changed:
        hint(SETTLE_OWNERS)


def _held(account: Account) -> Account:
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("vendor", "owner_team")
    return rows.get(pk=account.pk)


@require_POST
def account_keep(request: HttpRequest, account_id: str) -> HttpResponse:
    """It left the organization and is still ours."""
    user = require_role(request, MANAGES_ACCOUNTS)
    account = _account(user, account_id)
    back = reverse("inventory:account_detail", args=[account_id])
    try:
        keep_as_ours(account.account_id, acting_user=user, at=timezone.now())
    except RefusedError as refusal:
        return not_done(request, refusal, back)
    hint(SETTLE_OWNERS)
    messages.success(request, f"{account} counts as ours again.")
    return redirect(back)


@require_POST
def account_check(request: HttpRequest, account_id: str) -> HttpResponse:
    """Ask for a live check of this account."""
    user = require_role(request, MANAGES_ACCOUNTS)
    account = _account(user, account_id)
    checks = request_checks(account_ids=[account.account_id], acting_user=user, at=timezone.now())
    if checks:
        hint("inventory.tasks.check_accounts")
        messages.success(request, "The check is under way. Open this page again in a moment.")
    else:
        messages.info(request, "A check is under way already, or the account is not one that is collected.")
    return redirect("inventory:account_detail", account_id=account_id)


@require_POST
def scope_declare(request: HttpRequest, account_id: str) -> HttpResponse:
    """A region of the account is unused, says a named person."""
    user = require_role(request, DECLARES_UNUSED)
    account = _account(user, account_id)
    form = DeclarationForm(request.POST, scopes=account.scopes.all())
    status = attempt(form, _declare, acting_user=user, at=timezone.now())
    if status == DONE:
        messages.success(request, "Declared unused. It is counted apart from now on.")
        return redirect("inventory:account_detail", account_id=account_id)
    return _page(request, user, account, form=form, status=status)


def _declare(*, scope: Any, **said: Any) -> None:
    declare_unused(scope.pk, **said)


@require_POST
def scope_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a declaration back."""
    user = require_role(request, DECLARES_UNUSED)
    rows = ScopeDeclaration.objects.visible_to(user).select_related("scope__account")
    declaration = get_object_or_404(rows, pk=pk)
    back = reverse("inventory:account_detail", args=[declaration.scope.account.account_id])
    try:
        withdraw_declaration(declaration.pk, acting_user=user, at=timezone.now())
    except ConflictError as conflict:
        return not_done(request, conflict, back)
    messages.success(request, f"{declaration.scope.region} counts as not seen again.")
    return redirect(back)

"""Vendors: what does this company have from us, until when?"""

from dataclasses import fields
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.filters import VendorFilter
from inventory.filters.fields import account_digits
from inventory.forms.vendors import AttachForm, ContactForm, SuggestionForm, VendorForm
from inventory.models import Account, User, Vendor, VendorContact
from inventory.models.roles import MANAGES_VENDORS
from inventory.pages.vendor import vendor_context
from inventory.rows.vendors import vendors, visible_vendors
from inventory.services.refusals import RefusedError
from inventory.services.registry import vendors as service
from inventory.services.registry.vendor_suggestions import accept_suggestion, suggestions
from inventory.tables import VendorTable
from inventory.views.lists import Beside, ListPage, Preset
from inventory.views.requests import person, require_role
from inventory.views.writes import DONE, SETTLE_OWNERS, attempt, hint

VENDORS = ListPage(
    name="vendor",
    section="vendors",
    title="Vendors",
    noun=("vendor", "vendors"),
    lead="Companies that send for us: their contracts, their accounts, and what these can send as.",
    empty="No vendor is entered. Add one here, or name it when you register the account of a delegate.",
    rows=vendors,
    filterset=VendorFilter,
    table=VendorTable,
    presets=(
        Preset("Contract over, can send", {"contract": "over", "sends": "yes"}),
        Preset("Ends in 30 days", {"contract": "30"}),
        Preset("Not all verified", {"accounts": "unverified"}),
        Preset("No end agreed", {"contract": "open"}),
    ),
    beside=(
        Beside("Accounts to group", "inventory:vendor_suggestions", MANAGES_VENDORS),
        Beside("Add a vendor", "inventory:vendor_add", MANAGES_VENDORS),
    ),
)


@require_safe
def vendor_suggestions(request: HttpRequest) -> HttpResponse:
    """Accounts that belong to no vendor and look like one company."""
    require_role(request, MANAGES_VENDORS)
    return render(request, "inventory/vendor_suggestions.html", {"section": "vendors", "suggestions": suggestions()})


@require_POST
def vendor_suggestion_accept(request: HttpRequest) -> HttpResponse:
    """They are one company: enter it where it is new, and attach them all."""
    user = require_role(request, MANAGES_VENDORS)
    form = SuggestionForm(request.POST)
    made: list[Vendor] = []

    def write(**said: Any) -> None:
        made.append(accept_suggestion(**said, acting_user=user, at=timezone.now()))

    status = attempt(form, write)
    if not made:
        context = {"section": "vendors", "suggestions": suggestions(), "form": form}
        return render(request, "inventory/vendor_suggestions.html", context, status=status)
    hint(SETTLE_OWNERS)
    return redirect("inventory:vendor_detail", made[0].pk)


@require_safe
def vendor_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One company, everything it can do, and whom to ask."""
    user = person(request)
    return _page(request, user, _visible(user, pk))


def _visible(user: User, pk: int) -> Vendor:
    return get_object_or_404(visible_vendors(user).select_related("sponsor"), pk=pk)


def _page(request: HttpRequest, user: User, vendor: Vendor, status: int = DONE, **answered: forms.Form) -> HttpResponse:
    context = vendor_context(user, vendor, timezone.now()) | {"section": "vendors"}
    if user.has_role(MANAGES_VENDORS):
        context |= {"contact_form": ContactForm(), "attach_form": AttachForm()}
    return render(request, "inventory/vendor.html", context | answered, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def vendor_add(request: HttpRequest) -> HttpResponse:
    """Enter a company; its accounts may follow."""
    user = require_role(request, MANAGES_VENDORS)
    made: list[Vendor] = []

    def write(**said: Any) -> None:
        made.append(service.add_vendor(service.VendorFacts(**said), acting_user=user, at=timezone.now()))

    form = VendorForm(request.POST or None)
    status = attempt(form, write) if request.method == "POST" else DONE
    if made:
        messages.success(request, f"{made[0]} is entered.")
        return redirect("inventory:vendor_detail", made[0].pk)
    return render(request, "inventory/vendor_edit.html", {"section": "vendors", "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def vendor_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, sponsor or end; a moved end is judged at once."""
    user = require_role(request, MANAGES_VENDORS)
    vendor = _visible(user, pk)

    def write(**said: Any) -> None:
        service.change_vendor(vendor, service.VendorFacts(**said), acting_user=user, at=timezone.now())

    names = (field.name for field in fields(service.VendorFacts))
    form = VendorForm(request.POST or None, shown={name: getattr(vendor, name) for name in names})
    status = attempt(form, write) if request.method == "POST" else DONE
    if request.method == "POST" and status == DONE:
        hint(SETTLE_OWNERS)
        messages.success(request, "Kept. What its accounts may do is judged again where that follows.")
        return redirect("inventory:vendor_detail", vendor.pk)
    context = {"section": "vendors", "form": form, "vendor": vendor}
    return render(request, "inventory/vendor_edit.html", context, status=status)


@require_POST
def vendor_contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else to ask."""
    user = require_role(request, MANAGES_VENDORS)
    vendor = _visible(user, pk)
    form = ContactForm(request.POST)
    status = attempt(form, partial(service.add_contact, vendor), acting_user=user, at=timezone.now())
    if status != DONE:
        return _page(request, user, vendor, status, contact_form=form)
    return redirect("inventory:vendor_detail", vendor.pk)


@require_POST
def vendor_contact_remove(request: HttpRequest, pk: int, contact: int) -> HttpResponse:
    """Somebody who is no longer to be asked."""
    user = require_role(request, MANAGES_VENDORS)
    row = get_object_or_404(VendorContact.objects.select_related("vendor"), pk=contact, vendor=_visible(user, pk))
    service.remove_contact(row, acting_user=user, at=timezone.now())
    messages.success(request, f"{row} is no longer a contact.")
    return redirect("inventory:vendor_detail", pk)


@require_POST
def vendor_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """A registered account is this vendor's from now on."""
    user = require_role(request, MANAGES_VENDORS)
    vendor = _visible(user, pk)

    def write(account_id: str) -> None:
        account = Account.objects.visible_to(user).filter(account_id=account_digits(account_id)).first()
        if account is None:
            raise RefusedError(
                "account_id", "No account with this id is registered. Register it on its delegate's page."
            )
        service.attach_account(account, vendor, acting_user=user, at=timezone.now())

    form = AttachForm(request.POST)
    status = attempt(form, write)
    if status != DONE:
        return _page(request, user, vendor, status, attach_form=form)
    hint(SETTLE_OWNERS)
    return redirect("inventory:vendor_detail", vendor.pk)


@require_POST
def vendor_detach(request: HttpRequest, pk: int, account_id: str) -> HttpResponse:
    """The account is not this vendor's; it stays registered."""
    user = require_role(request, MANAGES_VENDORS)
    account = get_object_or_404(Account.objects.visible_to(user), account_id=account_id, vendor=_visible(user, pk))
    service.attach_account(account, None, acting_user=user, at=timezone.now())
    hint(SETTLE_OWNERS)
    messages.success(request, f"{account} belongs to no vendor now. It stays registered as before.")
    return redirect("inventory:vendor_detail", pk)

"""Delegates: what an outside account can do to us."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inventory import populations
from inventory.filters import DelegateFilter
from inventory.models import Account, Delegation
from inventory.tables import DelegateTable
from inventory.views.lists import ListPage, Preset
from inventory.views.requests import person

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
        Preset("Former", {"trust": "former"}),
        Preset("Partners", {"trust": "partner"}),
        Preset("Our organization", {"trust": "organization"}),
    ),
)


@require_safe
def delegate_detail(request: HttpRequest, account_id: str) -> HttpResponse:
    """What can this account do to us?"""
    rows = Delegation.objects.visible_to(person(request)).live().outside().filter(account_id=account_id)
    delegations = list(rows.select_related("identity__scope__account").order_by("identity__name", "policy_name"))
    if not delegations:
        raise Http404
    account = Account.objects.filter(account_id=account_id).select_related("vendor").first()
    context = {
        "section": "delegates",
        "account_id": account_id,
        "account": account,
        "delegations": delegations,
        "identities": len({each.identity_id for each in delegations}),
        "sendable": len({each.identity_id for each in delegations if each.can_send}),
        "trust": delegations[0].trust,
    }
    return render(request, "inventory/delegate.html", context)

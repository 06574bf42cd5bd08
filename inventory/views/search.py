"""Search: one box for identities, sending names, vendors, accounts, delegates, findings, and what other apps add."""

import re

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory import populations
from inventory.filters.fields import account_digits
from inventory.models import Account, Finding, SendingName
from inventory.rows.vendors import visible_vendors
from inventory.search import SEARCHED
from inventory.views.requests import person

SHOWN = 10
_FINDING = re.compile(r"^[fF]-?(\d{1,18})$")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Ten of each kind; a finding's number leads straight to it."""
    user = person(request)
    query = request.GET.get("q", "").replace("\0", "").strip()[:320]
    number = _FINDING.match(query)
    if number and Finding.objects.visible_to(user).filter(pk=int(number[1])).exists():
        return redirect("inventory:finding_detail", pk=int(number[1]))
    for searched in SEARCHED if query else ():
        if page := searched.jump(user, query):
            return redirect(page)
    context = {"section": "", "query": query, "shown": SHOWN}
    if query:
        digits = account_digits(query)
        accounts = Q(name__icontains=query) | Q(vendor__name__icontains=query)
        found = populations.identities(user).filter(name__icontains=query)
        delegates = populations.delegates(user)
        context |= {
            "identities": list(found[:SHOWN]),
            "accounts": list(
                Account.objects.visible_to(user).filter(
                    accounts | Q(account_id__contains=digits) if digits else accounts
                )[:SHOWN]
            ),
            "names": list(SendingName.objects.visible_to(user).filter(domain__icontains=query)[:SHOWN]),
            "vendors": list(visible_vendors(user).filter(name__icontains=query)[:SHOWN]),
            "delegates": list(delegates.filter(account_id__contains=digits)[:SHOWN]) if digits else [],
            "others": [(each.title, hits) for each in SEARCHED if (hits := each.find(user, query, SHOWN))],
        }
    return render(request, "inventory/search.html", context)

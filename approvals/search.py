"""What the search box finds of approvals: requests by R12, grants by G12, both by identity, vendor and account."""

import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.models import Grant, GrantRequest
from approvals.pages.grant_sentences import grant_sentence
from approvals.rules.states import RequestState
from approvals.services.names import names_for
from approvals.services.requests.deciders import lines_shown_to, requests_shown_to
from approvals.words import REQUEST_STATE
from inventory.filters.fields import account_digits
from inventory.models import User
from inventory.search import Hit, Searched

_NUMBER = re.compile(r"(?P<letter>[rRgG])-?(?P<number>\d{1,18})")
_ACCOUNT_DIGITS = 12


def request_page(user: User, query: str) -> str:
    """Where ``R12`` leads."""
    found = requests_shown_to(user, at=timezone.now()).filter(pk=_number(query, "r")).exists()
    return reverse("approvals:request_detail", args=[_number(query, "r")]) if found else ""


def grant_page(user: User, query: str) -> str:
    """Where ``G12`` leads."""
    found = Grant.objects.visible_to(user).filter(pk=_number(query, "g")).exists()
    return reverse("approvals:grant_detail", args=[_number(query, "g")]) if found else ""


def found_requests(user: User, query: str, most: int) -> Sequence[Hit]:
    """The newest first."""
    lines = lines_shown_to(user, at=timezone.now()).filter(identity__name__icontains=query).order_by()
    about = Q(vendor__name__icontains=query) | Q(ticket__icontains=query) | Q(pk__in=lines.values("request"))
    rows = requests_shown_to(user, at=timezone.now()).filter(about).select_related("vendor", "requester")
    return [_request_hit(each) for each in rows.order_by("-pk")[:most]]


def found_grants(user: User, query: str, most: int) -> Sequence[Hit]:
    """The latest end first."""
    about = Q(vendor__name__icontains=query) | Q(identity__name__icontains=query)
    digits = account_digits(query)
    if len(digits) == _ACCOUNT_DIGITS:
        about |= Q(account_ids__contains=[digits])
    rows: QuerySet[Grant] = Grant.objects.visible_to(user).filter(about).select_related("identity")
    grants = list(rows.order_by("-effective_ends_on", "-pk")[:most])
    names, on = names_for(each.grant_terms for each in grants), timezone.localdate()
    return [
        Hit(grant_sentence(each, names=names, on=on), reverse("approvals:grant_detail", args=[each.pk]), f"G{each.pk}")
        for each in grants
    ]


SEARCHED = (
    Searched("Requests", found_requests, request_page),
    Searched("Grants", found_grants, grant_page),
)


def _request_hit(request: GrantRequest) -> Hit:
    who = f" for {request.vendor}" if request.vendor else ""
    state = REQUEST_STATE[RequestState(request.state)].label.lower()
    by = f", asked for by {request.requester}" if request.requester else ""
    url = reverse("approvals:request_detail", args=[request.pk])
    return Hit(f"R{request.pk}: {request.get_kind_display()}{who}", url, f"{state}{by}")


def _number(query: str, letter: str) -> int:
    found = _NUMBER.fullmatch(query)
    return int(found["number"]) if found and found["letter"].lower() == letter else 0

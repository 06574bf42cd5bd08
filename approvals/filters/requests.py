"""How the list of requests is narrowed."""

import re
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from approvals.models import GrantRequest, RequestLine
from approvals.services.requests.deciders import fillable_by
from approvals.words import REQUEST_STATE
from inventory.filters.fields import choice, row_number, search_box
from inventory.rows.vendors import visible_vendors

_NUMBER = re.compile(r"[rR]-?(\d{1,18})")
_MINE = [("decide", "Mine to decide"), ("asked", "Asked by me"), ("decided", "Decided by me")]


class RequestFilter(filters.FilterSet):
    """Requests by where they stand, what they are, for whom, and what the reader has to do with them."""

    q = search_box("Identity, vendor, person, ticket or number")
    state = choice("State", [(each.value, word.label) for each, word in REQUEST_STATE.items()], field_name="state")
    kind = choice("Kind", GrantRequest.Kind.choices, field_name="kind")
    vendor = choice("Vendor", (), field_name="vendor")
    mine = choice("Mine", _MINE, method="by_mine")

    class Meta:
        model = GrantRequest
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.request is not None:
            vendors = visible_vendors(self.request.user).order_by("name")
            self.filters["vendor"].extra["choices"] = [(str(each.pk), each.name) for each in vendors]

    def search(self, rows: QuerySet[GrantRequest], _name: str, value: str) -> QuerySet[GrantRequest]:
        text = value.strip()
        number = _NUMBER.fullmatch(text)
        if number:
            return rows.filter(pk=row_number(number[1]))
        lines = RequestLine.objects.filter(identity__name__icontains=text).order_by()
        return rows.filter(
            Q(vendor__name__icontains=text)
            | Q(requester__name__icontains=text)
            | Q(ticket__icontains=text)
            | Q(pk__in=lines.values("request"))
        )

    def by_mine(self, rows: QuerySet[GrantRequest], _name: str, value: str) -> QuerySet[GrantRequest]:
        user = self.request.user
        if value == "asked":
            return rows.filter(requester=user)
        if value == "decided":
            return rows.filter(pk__in=RequestLine.objects.filter(slots__decided_by=user).values("request"))
        slots = fillable_by(user, at=timezone.now()).order_by()
        return rows.filter(pk__in=slots.values("line__request"))

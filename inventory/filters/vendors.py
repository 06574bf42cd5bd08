"""How vendors are narrowed."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from inventory.filters.fields import account_digits, choice, search_box
from inventory.models import Vendor
from inventory.rows.vendors import visible_delegates

_SOON = {"30": 30, "90": 90}


class VendorFilter(filters.FilterSet):
    """Vendors by their contract and by how well their accounts are known."""

    q = search_box("Company, contact or account id")
    contract = choice(
        "Contract",
        [("over", "Over"), ("30", "Ends in 30 days"), ("90", "Ends in 90 days"), ("open", "No end agreed")],
        method="by_contract",
    )
    accounts = choice("Accounts", [("none", "None known"), ("unverified", "Not all verified")], method="by_accounts")
    sends = choice("Rights", [("yes", "Can send"), ("no", "Cannot send")], method="by_sends")

    class Meta:
        model = Vendor
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        text = value.strip()
        contacts = Vendor.objects.filter(Q(contacts__name__icontains=text) | Q(contacts__email__icontains=text))
        found = Q(name__icontains=text) | Q(pk__in=contacts.order_by().values("pk"))
        if digits := account_digits(text):
            holders = visible_delegates(self.request.user).filter(account_id__contains=digits)
            found |= Q(pk__in=holders.order_by().values("vendor"))
        return rows.filter(found)

    def by_contract(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        today = timezone.localdate()
        if value == "open":
            return rows.filter(contract_ends_on=None)
        if value == "over":
            return rows.filter(contract_ends_on__lt=today)
        return rows.filter(contract_ends_on__range=(today, today + timedelta(days=_SOON[value])))

    def by_accounts(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(account_count=0) if value == "none" else rows.filter(verified_count__lt=F("account_count"))

    def by_sends(self, rows: QuerySet[Any, Any], _name: str, value: str) -> QuerySet[Any, Any]:
        return rows.filter(sendable__gt=0) if value == "yes" else rows.filter(sendable=0)

"""How sending names are narrowed."""

from contextlib import suppress
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from inventory.filters.fields import account_digits, hidden, search_box, vendor_accounts
from inventory.models import Account
from inventory.paths import paths_of
from inventory.services.refusals import RefusedError
from inventory.services.registry.domains import ascii_domain


class SendingNameFilter(filters.FilterSet):
    """Names by their text, or by an account or vendor that can send as one of their identities."""

    q = search_box("Domain")
    delegate = hidden(method="by_delegate")
    vendor = hidden(method="by_vendor")

    def search(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        found = Q(domain__contains=value.strip().lower())
        with suppress(RefusedError):
            found |= Q(domain__contains=ascii_domain(value))
        return rows.filter(found)

    def by_delegate(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return self._sent_as(rows, [account_digits(value)])

    def by_vendor(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return self._sent_as(rows, vendor_accounts(value))

    def _sent_as(self, rows: QuerySet[Any], accounts: QuerySet[Account] | list[str]) -> QuerySet[Any]:
        senders = paths_of(self.request.user, accounts).filter(can_send=True)
        return rows.filter(domain__in=senders.order_by().values("identity__sending_name"))

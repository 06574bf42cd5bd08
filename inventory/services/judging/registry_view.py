"""The registry as a stretch of work sees it: kept while nothing in it changes."""

from datetime import date

from django.db import models

from inventory.models import REGISTRY_TYPES, Account, AuditEvent
from inventory.services.judging.judgement import Knowledge
from inventory.services.owners.ownership import OwnerBook
from inventory.services.registry.sending_names import confirmed_names


class RegistryView:
    """Knowledge and owners on a day; :meth:`refresh` reads them again after a change, which always leaves an audit row.

    Refresh after the identity is locked: then a change is either seen here, or re-evaluates the identity later.
    """

    def __init__(self, on: date) -> None:
        self._on = on
        self._version = _version()
        self._knowledge: dict[int | None, Knowledge] = {}
        self._accounts: dict[int, Account] = {}
        self.owners = OwnerBook.load()
        self.sending_names = confirmed_names()

    def refresh(self) -> None:
        """One query; four more where something changed."""
        version = _version()
        if version != self._version:
            self._version = version
            self._knowledge, self._accounts = {}, {}
            self.owners = OwnerBook.load()
            self.sending_names = confirmed_names()

    def account(self, account_pk: int) -> Account:
        """The account as the registry has it now."""
        if account_pk not in self._accounts:
            rows = Account.objects.select_related("organization", "owner_team")
            self._accounts[account_pk] = rows.get(pk=account_pk)
        return self._accounts[account_pk]

    def knowledge(self, account: Account) -> Knowledge:
        """What is known, seen from the account that owns the identities."""
        key = account.organization_id
        if key not in self._knowledge:
            self._knowledge[key] = Knowledge.load(self._on, account)
        return self._knowledge[key]


def _version() -> int:
    latest = AuditEvent.objects.filter(object_type__in=REGISTRY_TYPES).aggregate(latest=models.Max("pk"))["latest"]
    return int(latest or 0)

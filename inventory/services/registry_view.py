"""The registry as a stretch of work sees it: kept while nothing in it changes."""

from datetime import date

from django.db import models

from inventory.models import Account, AuditEvent
from inventory.services.judgement import Knowledge
from inventory.services.ownership import OwnerBook

_REGISTRY = ("account", "organization", "team", "user", "vendor")


class RegistryView:
    """Knowledge and owners on a day; :meth:`refresh` reads them again after a change, which always leaves an audit row.

    Refresh after the identity is locked: then a change is either seen here, or re-evaluates the identity later.
    """

    def __init__(self, on: date) -> None:
        self._on = on
        self._version = _version()
        self._knowledge: dict[int | None, Knowledge] = {}
        self.owners = OwnerBook.load()

    def refresh(self) -> None:
        """One query; three more where something changed."""
        version = _version()
        if version != self._version:
            self._version = version
            self._knowledge = {}
            self.owners = OwnerBook.load()

    def knowledge(self, account: Account) -> Knowledge:
        """What is known, seen from the account that owns the identities."""
        key = account.organization_id
        if key not in self._knowledge:
            self._knowledge[key] = Knowledge.load(self._on, account)
        return self._knowledge[key]


def _version() -> int:
    latest = AuditEvent.objects.filter(object_type__in=_REGISTRY).aggregate(latest=models.Max("pk"))["latest"]
    return int(latest or 0)

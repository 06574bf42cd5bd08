"""Reach: how wide the circle of callers is that a delegation admits."""

from enum import StrEnum


class Reach(StrEnum):
    """The widest caller admitted, from the widest to the narrowest.

    ``undetermined`` ranks beside ``public``: what could not be judged is never shown as narrow.
    """

    PUBLIC = "public"
    UNDETERMINED = "undetermined"
    NETWORK = "network"
    SERVICE_UNPINNED = "service_unpinned"
    ORGANIZATION = "organization"
    ACCOUNT = "account"
    PRINCIPAL = "principal"
    SERVICE = "service"
    SELF = "self"
    DANGLING = "dangling"
    INERT = "inert"

    @property
    def rank(self) -> int:
        """Sort key, 0 the widest; ``undetermined`` shares the rank of ``public``."""
        return _RANK[self]

    @property
    def is_outside(self) -> bool:
        """Whether anyone but the owner's own account can be let in by this reach."""
        return self not in (Reach.SELF, Reach.DANGLING, Reach.INERT)


_RANK = {reach: max(0, position - 1) if reach is not Reach.PUBLIC else 0 for position, reach in enumerate(Reach)}

"""Trust: what the company has said about the accounts and organizations a policy names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Trust(StrEnum):
    """One word per delegation, in order of precedence."""

    OWN = "own"
    FORMER = "former"
    ORGANIZATION = "organization"
    PARTNER = "partner"
    PLACEHOLDER = "placeholder"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Sort key for lists, 0 the least trusted: an unknown account must never hide behind a known one."""
        return _RISK_ORDER.index(self)


_RISK_ORDER = (Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER, Trust.PARTNER, Trust.ORGANIZATION, Trust.OWN)


@dataclass(frozen=True, slots=True)
class Registry:
    """What the company knows of outsiders at one instant.

    ``accounts`` maps a 12-digit account id to ``former``, ``organization`` or ``partner``;
    ``organizations`` maps an organization id (``o-...``) to ``organization``, ``partner`` or ``former``.
    ``owner_organization`` is the organization of the account that owns the identity, where known:
    it is the value of ``aws:ResourceOrgID``.
    """

    accounts: Mapping[str, Trust] = field(default_factory=dict)
    organizations: Mapping[str, Trust] = field(default_factory=dict)
    owner_organization: str | None = None

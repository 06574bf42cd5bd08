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


# Account ids that documentation uses as examples, and so policies copied from it.
PLACEHOLDER_ACCOUNTS = frozenset(
    {"000000000000", "012345678901", "123456789012", "210987654321", "111122223333", "444455556666", "777788889999"}
)


def trust_of_account(account: str, owner_account: str, registry: Registry) -> Trust:
    """The trust of one account; one that is registered is never a placeholder."""
    if account == owner_account:
        return Trust.OWN
    known = registry.accounts.get(account)
    if known is not None:
        return known
    return Trust.PLACEHOLDER if account in PLACEHOLDER_ACCOUNTS else Trust.UNKNOWN


def trust_of_organization(organization: str, registry: Registry, owner_organization: str) -> Trust:
    """The trust of one organization; the owner's own needs no entry."""
    known = registry.organizations.get(organization)
    if known is not None:
        return known
    return Trust.ORGANIZATION if organization == owner_organization else Trust.UNKNOWN

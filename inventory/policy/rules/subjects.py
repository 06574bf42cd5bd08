"""What the rules judge: one identity with its analysis, and what the company knows around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inventory.policy.delegations import Analysis
from inventory.policy.trust import Registry


@dataclass(frozen=True, slots=True)
class DelegateFacts:
    """What the registry says of one account. Empty text where it says nothing.

    ``environment`` is ``production``, ``staging``, ``development`` or empty; ``vendor`` and ``team`` are names.
    """

    account_id: str
    name: str = ""
    vendor: str = ""
    team: str = ""
    environment: str = ""

    @property
    def display_name(self) -> str:
        """The words people know the account by: its vendor, else its own name; may be empty."""
        return self.vendor or self.name


@dataclass(frozen=True, slots=True)
class RegionCopy:
    """The same identity name in another region of the same account; ``admits`` as :func:`admission_lines` gives it."""

    region: str
    admits: frozenset[str]


@dataclass(frozen=True, slots=True)
class WayAround:
    """Another identity that may let in whom a Deny of this one keeps out: an address below it, or a region copy."""

    arn: str
    policies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IdentitySubject:
    """Everything :func:`inventory.policy.rules.judge` looks at.

    ``identity_type`` is ``DOMAIN`` or ``EMAIL_ADDRESS``; ``environment`` and ``owner_team`` may be empty.
    ``policies`` maps names to raw texts. ``delegates`` maps account ids to what is known of them.
    ``region_copies`` and ``ways_around`` are empty where nobody looked: the rules that need them then stay silent.
    """

    name: str
    arn: str
    identity_type: str
    owner_account: str
    analysis: Analysis
    at: datetime
    policies: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    owner_team: str = ""
    registry: Registry = field(default_factory=Registry)
    delegates: Mapping[str, DelegateFacts] = field(default_factory=dict)
    region_copies: tuple[RegionCopy, ...] = ()
    ways_around: tuple[WayAround, ...] = ()

    @property
    def is_production(self) -> bool:
        """Whether the identity is said to stand in production."""
        return self.environment == "production"

    @property
    def is_domain(self) -> bool:
        """Whether a whole domain, not one address, can be sent as."""
        return self.identity_type == "DOMAIN"

    @property
    def region(self) -> str:
        """The region in the identity's ARN, or empty."""
        fields = self.arn.split(":", 5)
        return fields[3] if len(fields) == 6 else ""

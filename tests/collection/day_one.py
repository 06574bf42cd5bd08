"""Day one: an organization on the double with accounts that refuse in three ways and a region that is disabled."""

from dataclasses import dataclass
from typing import Any

from inventory.aws.regions import ses_regions
from sesgov.demo.aws_double.client import DoubleClient
from tests.collection.organization import ROLE, member, world

REGIONS = ses_regions("aws")[:17]
NO_ROLE, WRONG_ID, SHUT, SMALLER = (member(number)["id"] for number in (1, 2, 3, 4))
DENIED = (NO_ROLE, WRONG_ID, SHUT)
DISABLED_REGION = REGIONS[0]
STRANGER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "702839415026"}, "Action": "ses:SendEmail", "Resource": "*"}
    ],
}


@dataclass(frozen=True, slots=True)
class DayOne:
    """How large the organization is, its management account included."""

    accounts: int
    regions: int = len(REGIONS)

    @property
    def enabled(self) -> tuple[str, ...]:
        """The regions that accounts have enabled."""
        return REGIONS[: self.regions]

    @property
    def scopes(self) -> int:
        """Account regions that are to be read, the denied ones included."""
        return self.accounts * self.regions - 1

    @property
    def identities(self) -> int:
        """What can be read: two in each account but the management account and the denied ones, save in what is off."""
        return 2 * (self.accounts - 1 - len(DENIED))

    def load(self, double: DoubleClient) -> None:
        """Load the world, with two identities in each account, and one policy that lets a stranger send."""
        whole = world(*(self._member(number) for number in range(1, self.accounts)))
        whole["accounts"][0]["regions"] = list(self.enabled)
        double.load_world(whole)
        for action in ("ListEmailIdentities", "ListIdentities", "GetEmailIdentity"):
            double.fault("deny", account=SHUT, action=action)

    def _member(self, number: int) -> dict[str, Any]:
        account = member(number, regions=list(self.enabled))
        named = [(self.enabled[1], "shop"), (self.enabled[1 + number % (self.regions - 1)], "news")]
        account["identities"] = [
            {"name": f"{name}{number}.example.com", "region": region, "policies": {"stranger": STRANGER}}
            for region, name in named
        ]
        if account["id"] == NO_ROLE:
            account["role"] = None
        elif account["id"] == WRONG_ID:
            account["role"] = {"name": ROLE, "external_id": "another installation's"}
        elif account["id"] == SMALLER:
            account["regions"].remove(DISABLED_REGION)
        return account

"""The world that the double shows: an organization, its accounts, their identities.

A world is JSON:

    {"organization": {"id": "o-...", "management_account": "...", "delegated_administrators": [],
                      "legacy_status": false},
     "default_account": "...",                     # whose account an unknown access key is
     "accounts": [{
        "id": "...", "name": "...", "email": "...", "partition": "aws", "state": "ACTIVE",
        "path": "o-.../r-.../ou-.../",              # null: no member of the organization
        "regions": ["eu-west-1"],                   # enabled ones; absent: all
        "role": {"name": "...", "external_id": "..."},   # absent: no role can be assumed
        "access_keys": ["AKIA..."],                 # direct credentials
        "identities": [{"name": "shop.example.com", "region": "eu-west-1", "policies": {}, "tags": {}, ...}]}],
     "faults": [{"kind": "deny", ...}]}

A policy may be an object or text; text is stored as it stands, also when it is no policy. Further fields of an
identity: see ``identities.Identity``. Without accounts the double trusts everyone, as moto does.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.session import get_session

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import situation

UNKNOWN_TOKEN = "The security token included in the request is invalid."  # noqa: S105 (a message, no secret)
REGIONAL = ("ses", "sesv2")
PARTITIONS = {"us-gov-": "aws-us-gov", "cn-": "aws-cn", "eusc-": "aws-eusc"}


class WorldError(ValueError):
    """A world that cannot be loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    management_account: str
    delegated_administrators: tuple[str, ...] = ()
    legacy_status: bool = False
    """Accounts carry ``Status``, as before September 2026, instead of ``State``."""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    email: str
    partition: str = "aws"
    state: str = "ACTIVE"
    path: str | None = None
    regions: tuple[str, ...] | None = None
    role: Role | None = None
    access_keys: tuple[str, ...] = ()


@dataclass(slots=True)
class World:
    organization: Organization | None = None
    accounts: dict[str, Account] = field(default_factory=dict)

    def check_region(self, call: Call) -> None:
        """Raise what AWS answers when a token of the account is not known in the region."""
        known = self.accounts.get(call.account)
        if known is None:
            return
        is_disabled = known.regions is not None and call.region not in known.regions
        if partition_of(call.region) != known.partition or (is_disabled and call.service in REGIONAL):
            raise situation("unknown_token", call.protocol, UNKNOWN_TOKEN)


def partition_of(region: str) -> str:
    return next((name for prefix, name in PARTITIONS.items() if region.startswith(prefix)), "aws")


@cache
def regions_of(partition: str) -> tuple[str, ...]:
    return tuple(sorted(get_session().get_available_regions("sesv2", partition)))


def parse_world(data: dict[str, Any]) -> World:
    organization = data.get("organization")
    accounts = {item["id"]: _account(item) for item in data.get("accounts", [])}
    return World(_organization(organization) if organization else None, accounts)


def _organization(data: dict[str, Any]) -> Organization:
    return Organization(
        id=data["id"],
        management_account=data["management_account"],
        delegated_administrators=tuple(data.get("delegated_administrators", ())),
        legacy_status=bool(data.get("legacy_status", False)),
    )


def _account(data: dict[str, Any]) -> Account:
    try:
        role, regions = data.get("role"), data.get("regions")
        return Account(
            id=data["id"],
            name=data.get("name", data["id"]),
            email=data.get("email", f"{data['id']}@example.com"),
            partition=data.get("partition", "aws"),
            state=data.get("state", "ACTIVE"),
            path=data.get("path"),
            regions=tuple(regions) if regions is not None else None,
            role=Role(role["name"], role.get("external_id")) if role else None,
            access_keys=tuple(data.get("access_keys", ())),
        )
    except KeyError as missing:
        raise WorldError(f"an account of the world lacks {missing}") from missing

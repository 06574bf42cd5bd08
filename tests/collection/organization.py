"""An organization on the double: as many accounts as wanted, each with sesgov's role."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from inventory.aws.sessions import Sessions
from inventory.models import Discovery
from inventory.services.collection_limits import CollectionLimits
from inventory.services.discovery import Discoverer, request_discovery

MANAGEMENT = "640915237708"
ORGANIZATION = "o-world12345"
ROLE = "sesgov-read"
EXTERNAL_ID = "installation-secret"
KEY = "AKIATESTMANAGEMENT00"
LIMITS = CollectionLimits(slice=timedelta(seconds=5), first_pause=0.01, longest_pause=0.05)


def member(number: int, **fields: Any) -> dict[str, Any]:
    """The account of that number, from 1, in the unit of every tenth."""
    account_id = f"7000{number:08d}"
    return {
        "id": account_id,
        "name": f"Member {number}",
        "path": f"{ORGANIZATION}/r-root/ou-root-unit{number % 10}/",
        "regions": ["eu-west-1", "us-east-1"],
        "role": {"name": ROLE, "external_id": EXTERNAL_ID},
    } | fields


def world(*members: dict[str, Any], **organization: Any) -> dict[str, Any]:
    """The management account, with keys of its own, and these members."""
    management = {
        "id": MANAGEMENT,
        "name": "Management",
        "path": f"{ORGANIZATION}/r-root/",
        "regions": ["eu-west-1", "us-east-1"],
        "access_keys": [KEY],
    }
    return {
        "organization": {"id": ORGANIZATION, "management_account": MANAGEMENT} | organization,
        "default_account": MANAGEMENT,
        "accounts": [management, *members],
    }


def sessions(**options: Any) -> Sessions:
    return Sessions(clock=timezone.now, **{"role_name": ROLE, "external_id": EXTERNAL_ID} | options)


def discover(*, sleep: Any = lambda _seconds: None, **limits: Any) -> Discovery:
    """One discovery from start to end in this process."""
    discovery, _ = request_discovery(acting_user=None, at=timezone.now())
    means = CollectionLimits(**{"first_pause": 0.01, "longest_pause": 0.05} | limits)
    discoverer = Discoverer(sessions(), means, timezone.now, sleep=sleep)
    discoverer.work_to_the_end(discovery, on_progress=lambda _: None)
    return discovery

"""Discovering in tests: short pauses, from start to end in this process."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from inventory.aws.sessions import Sessions
from inventory.models import Discovery
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.registry.discovery import Discoverer, request_discovery
from tests.collection.organization import EXTERNAL_ID, ROLE

LIMITS = CollectionLimits(slice=timedelta(seconds=5), first_pause=0.01, longest_pause=0.05)


def sessions(**options: Any) -> Sessions:
    return Sessions(clock=timezone.now, **{"role_name": ROLE, "external_id": EXTERNAL_ID} | options)


def discover(*, sleep: Any = lambda _seconds: None, **limits: Any) -> Discovery:
    """One discovery from start to end in this process."""
    discovery, _ = request_discovery(acting_user=None, at=timezone.now())
    means = CollectionLimits(**{"first_pause": 0.01, "longest_pause": 0.05} | limits)
    discoverer = Discoverer(sessions(), means, timezone.now, sleep=sleep)
    discoverer.work_to_the_end(discovery, on_progress=lambda _: None)
    return discovery

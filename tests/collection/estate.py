"""Collecting in tests: fast pace, short pauses, a report at the end."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from redis import Redis

from inventory.aws.pacing import RedisPacer
from inventory.aws.sessions import Sessions
from inventory.models import CollectionRun
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.collectors import Collector
from inventory.services.collecting.run_reports import report
from inventory.services.collecting.runs import start_run

ACCOUNT = "111122223333"
REGION = "eu-west-1"
LIMITS = CollectionLimits(slice=timedelta(seconds=5), first_pause=0.05, longest_pause=0.2)


def policy(principal="702839415026", **fields) -> dict[str, Any]:
    """A policy that lets one principal send as example.com."""
    statement = {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": principal},
        "Action": ["ses:SendEmail", "ses:SendRawEmail"],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement | fields]}


def collector(*, rate: float = 0, role_name: str = "", external_id: str = "", **limits) -> Collector:
    """A collector with a pace of its own, so that tests do not wait for each other."""
    return Collector(
        sessions=Sessions(clock=timezone.now, role_name=role_name, external_id=external_id),
        pacer=RedisPacer(Redis.from_url(settings.REDIS_URL), rate, prefix=secrets.token_hex(4)),
        limits=replace(LIMITS, **limits),
        clock=timezone.now,
    )


def begin(*, accounts=(), regions=(REGION,), at=None) -> CollectionRun:
    return start_run(
        trigger=CollectionRun.Trigger.COMMAND,
        acting_user=None,
        at=at or timezone.now(),
        limits=LIMITS,
        account_ids=accounts,
        regions=regions,
    )


def collect(*, accounts=(), regions=(REGION,), by: Collector | None = None, **options) -> Any:
    """One run from start to end in this process."""
    run = begin(accounts=accounts, regions=regions)
    (by or collector(**options)).work_to_the_end(run)
    return report(run)

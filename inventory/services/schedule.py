"""The schedule: jobs that are due become rows, so that two beats start each of them once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction

from inventory.models import Account, CollectionRun, Discovery, ScheduledJob
from inventory.policy.rules import ENGINE_VERSION
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.runs import start_run
from inventory.services.judging.reevaluation import reevaluate
from inventory.services.registry.discovery import discovered_profiles, is_discovering, request_discovery
from inventory.services.settings.in_force import in_force

COLLECT = "collect"
DISCOVER = "discover"
# Accounts are often entered in a row: a run that was missed starts when nobody has added one for so long.
_SETTLED_AFTER = timedelta(minutes=1)
_GIVEN_UP_AFTER = timedelta(hours=1)
_MIDNIGHT = time(0, 0)
# The daily collection waits so long for the discovery before it.
_DISCOVERED_WITHIN = timedelta(minutes=15)


def last_due(at: datetime, time_of_day: time, zone: ZoneInfo) -> datetime:
    """The latest instant, not after ``at``, at which the clocks of the zone showed that time of day."""
    today = at.astimezone(zone).date()
    due = datetime.combine(today, time_of_day, tzinfo=zone)
    return due if due <= at else datetime.combine(today - timedelta(days=1), time_of_day, tzinfo=zone)


@transaction.atomic
def start_scheduled_discoveries(*, at: datetime) -> list[Discovery]:
    """Look again which accounts there are, before the daily run, with each profile that found an organization."""
    collect_at = in_force().collect_at
    if collect_at is None:
        return []
    due_at = last_due(at, collect_at, settings.SESGOV_TIME_ZONE)
    profiles = discovered_profiles(not_since=due_at)
    if not profiles or not _claim(DISCOVER, due_at, at):
        return []
    return [request_discovery(profile=profile, acting_user=None, at=at)[0] for profile in profiles]


@transaction.atomic
def start_scheduled_run(limits: CollectionLimits, *, at: datetime) -> CollectionRun | None:
    """Start the daily run if it is due, was not started yet, and there is an account to read."""
    collect_at = in_force().collect_at
    if collect_at is None:
        return None
    if is_discovering(since=at - _DISCOVERED_WITHIN):
        return None
    newest = Account.objects.managed().aggregate(newest=models.Max("created_at"))["newest"]
    if newest is None or newest > at - _SETTLED_AFTER:
        return None
    due_at = last_due(at, collect_at, settings.SESGOV_TIME_ZONE)
    if not _claim(COLLECT, due_at, at):
        return None
    return start_run(trigger=CollectionRun.Trigger.SCHEDULE, acting_user=None, at=at, limits=limits)


def is_reevaluation_due(*, at: datetime) -> bool:
    """Whether nobody has begun with :func:`reevaluate_daily` since midnight, or whoever did has died over it."""
    return is_daily_due(_reevaluation(), at=at)


def reevaluate_daily(*, at: datetime) -> bool:
    """Judge all stored facts once after each midnight, since contracts and policies end by the calendar.

    The engine is part of the job, so that an upgrade is followed by a judgement at once.
    """
    return run_daily(_reevaluation(), lambda: reevaluate(at=at), at=at)


def is_daily_due(job: str, *, at: datetime, time_of_day: time = _MIDNIGHT) -> bool:
    """Whether nobody has begun with the job since that time of day, or whoever did has died over it."""
    begun = ScheduledJob.objects.filter(job=job, due_at=last_due(at, time_of_day, settings.SESGOV_TIME_ZONE))
    return not begun.exists() or _died(begun, at).exists()


def run_daily(job: str, work: Callable[[], object], *, at: datetime, time_of_day: time = _MIDNIGHT) -> bool:
    """Do the work if it is due since that time of day and this caller is the one to do it; says whether it was."""
    due_at = last_due(at, time_of_day, settings.SESGOV_TIME_ZONE)
    row = ScheduledJob.objects.filter(job=job, due_at=due_at)
    is_ours = _claim(job, due_at, at) or _died(row, at).update(started_at=at) == 1
    if is_ours:
        work()
        row.update(finished_at=at)
    return is_ours


def _died(jobs: "models.QuerySet[ScheduledJob]", at: datetime) -> "models.QuerySet[ScheduledJob]":
    """Those begun so long ago, and not finished, that nobody can be at work on them; to judge again does no harm."""
    return jobs.filter(finished_at=None, started_at__lt=at - _GIVEN_UP_AFTER)


def _reevaluation() -> str:
    return f"reevaluate by engine {ENGINE_VERSION}"


def _claim(job: str, due_at: datetime, at: datetime) -> bool:
    """Whether this caller, and nobody before, is to do the job."""
    return ScheduledJob.objects.get_or_create(job=job, due_at=due_at, defaults={"started_at": at})[1]

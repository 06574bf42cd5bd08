"""Tasks: a message is a hint that rows are due; one that is lost costs at most the time to the next tick."""

from datetime import timedelta
from functools import cache

from celery import shared_task
from django.utils import timezone

from inventory.models import AccountCheck, CollectionRun, Discovery, Identity, ScopeRun
from inventory.services.collecting.collection_limits import collection_limits
from inventory.services.collecting.collectors import Collector, new_pacer, new_sessions
from inventory.services.collecting.leases import free_stale_leases
from inventory.services.collecting.runs import abandon_overdue_runs
from inventory.services.heartbeats import beat
from inventory.services.judging.reevaluation import judge_due
from inventory.services.judging.reevaluation import reevaluate as reevaluate_identities
from inventory.services.notices.alerts import alert, is_alert_due
from inventory.services.notices.drain import drain, is_drain_due
from inventory.services.notices.mails import is_mail_due, make_mails
from inventory.services.owners.owner_assignments import end_acting_owners, is_acting_over
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.registry.account_checks import Checker
from inventory.services.registry.discovery import Discoverer
from inventory.services.schedule import (
    is_reevaluation_due,
    reevaluate_daily,
    start_scheduled_discoveries,
    start_scheduled_run,
)

_HINTS_PER_TICK = 4
_JUDGED_PER_TASK = 500
_SENT_FOR = timedelta(seconds=30)


@shared_task
def tick() -> None:
    """Free what died, end what is overdue, start what is due, and hint at what waits to be read."""
    at = timezone.now()
    beat(at=at)
    limits = collection_limits()
    free_stale_leases(at=at)
    abandon_overdue_runs(at=at)
    start_scheduled_discoveries(at=at)
    start_scheduled_run(limits, at=at)
    waiting = ScopeRun.objects.due(at).count()
    unplanned = CollectionRun.objects.unfinished().filter(planned_at=None).exists()
    hints = -(-waiting // limits.scopes_per_slice)
    for _ in range(min(_HINTS_PER_TICK, max(hints, int(unplanned)))):
        collect_slice.apply_async(expires=15)
    if Identity.objects.to_judge().exists() or is_acting_over(at=at):
        settle_owners.apply_async(expires=15)
    if is_reevaluation_due(at=at):
        daily_reevaluation.apply_async(expires=15)
    if Discovery.objects.due(at).exists():
        discover.apply_async(expires=15)
    if AccountCheck.objects.due(at).exists():
        check_accounts.apply_async(expires=15)
    if is_alert_due(at=at) or is_mail_due(at=at) or is_drain_due(at=at):
        deliver.apply_async(expires=15)


@shared_task
def collect_slice() -> int:
    """Plan and read for a slice's time; what is left is hinted at anew."""
    beat(at=timezone.now())
    leased = _collector().work()
    if leased and ScopeRun.objects.due(timezone.now()).exists():
        collect_slice.apply_async(expires=15)
    return leased


@shared_task
def discover() -> bool:
    """Go on with a discovery that is due; what is left is taken up by a later tick."""
    return Discoverer(new_sessions(timezone.now), collection_limits(), timezone.now).work()


@shared_task
def check_accounts() -> int:
    """Do a batch of the checks that were asked for; what is left is hinted at anew."""
    checked = Checker(lambda: new_sessions(timezone.now), new_pacer(), collection_limits(), timezone.now).work()
    if checked and AccountCheck.objects.due(timezone.now()).exists():
        check_accounts.apply_async(expires=15)
    return checked


@shared_task
def deliver() -> int:
    """Make alerts, make mails of notices, and send what is due; what is left is hinted at anew."""
    at = timezone.now()
    alert(at=at)
    make_mails(at=at)
    tried = drain(timezone.now, until=at + _SENT_FOR)
    if is_drain_due(at=timezone.now()):
        deliver.apply_async(expires=15)
    return tried


@shared_task
def settle_owners() -> None:
    """What follows from another owner: identities that were found meanwhile, acting owners whose time is over, and
    findings."""
    at = timezone.now()
    end_acting_owners(at=at)
    reassign_owners(at=at)
    judge_due(at=at, limit=_JUDGED_PER_TASK)
    if Identity.objects.to_judge().exists():
        settle_owners.apply_async(expires=15)


@shared_task
def daily_reevaluation() -> bool:
    """Judge stored facts once a day; at all other times it does nothing."""
    return reevaluate_daily(at=timezone.now())


@shared_task
def reevaluate(account_ids: list[str] | None = None) -> None:
    """Judge stored facts again after the registry changed; ``None`` means all of them."""
    reevaluate_identities(at=timezone.now(), accounts=account_ids)


@cache
def _collector() -> Collector:
    return Collector.from_settings(timezone.now)

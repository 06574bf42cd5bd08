"""Tasks of approvals: a lost message costs at most the time to the next tick."""

from celery import shared_task
from django.utils import timezone

from approvals.services.campaigns.running import run_due
from approvals.services.campaigns.schedule import begin_scheduled
from approvals.services.campaigns.verification import verify_due
from approvals.services.emergencies.break_glass import end_unconfirmed
from approvals.services.emergencies.suspensions import end_suspensions
from approvals.services.emergencies.unconfirmed_findings import settle_seen
from approvals.services.matching.matching import match_due
from approvals.services.matching.matching_due import is_matching_due
from approvals.services.offboarding.offboarding import follow_cases
from approvals.services.reminders.reminders import remind_daily
from approvals.services.requests.lapse_warnings import warn_of_lapses
from approvals.services.requests.requests import lapse_overdue
from approvals.services.tasks.grant_tasks import open_due_tasks, settle_read_tasks
from inventory.services.schedule import run_daily

_MATCHED_PER_TASK = 500


@shared_task
def tick() -> None:
    """End what nobody decided, confirmed or took back in time."""
    at = timezone.now()
    lapse_overdue(at=at)
    end_unconfirmed(at=at)
    end_suspensions(at=at)
    settle_seen(at=at)
    follow_cases(at=at)
    open_due_tasks(at=at)
    settle_read_tasks(at=at)
    warn_of_lapses(at=at)
    remind_daily(at=at)
    run_daily("reviews", lambda: begin_scheduled(at=at), at=at)
    run_due(at=at)
    verify_due(at=at)
    if is_matching_due(at=at):
        match_grants.apply_async(expires=15)


@shared_task
def match_grants() -> None:
    """Compare what AWS allows with what is approved, where either has changed; what is left is hinted at anew."""
    if match_due(at=timezone.now(), limit=_MATCHED_PER_TASK) == _MATCHED_PER_TASK:
        match_grants.apply_async(expires=15)

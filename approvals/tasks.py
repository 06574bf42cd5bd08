"""Tasks of approvals: a lost message costs at most the time to the next tick."""

from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from approvals.services.campaigns.running import run_due
from approvals.services.campaigns.schedule import begin_scheduled
from approvals.services.campaigns.verification import close_verified, verify_due
from approvals.services.emergencies.break_glass import end_unconfirmed
from approvals.services.emergencies.suspensions import end_suspensions
from approvals.services.emergencies.unconfirmed_findings import settle_seen
from approvals.services.matching.matching import match_due
from approvals.services.matching.matching_due import is_matching_due
from approvals.services.offboarding.offboarding import follow_cases
from approvals.services.reminders.reminders import remind_daily
from approvals.services.requests.lapse_warnings import warn_of_lapses
from approvals.services.requests.requests import lapse_overdue
from approvals.services.tasks.grant_tasks import open_due_tasks, settle_read_tasks, tell_of_overdue
from inventory.services.each import do_each
from inventory.services.schedule import is_daily_due, run_daily

_MATCHED_PER_TASK = 500
_REVIEWS = "reviews"


def _begin_reviews(*, at: datetime) -> None:
    if is_daily_due(_REVIEWS, at=at):
        run_daily(_REVIEWS, lambda: begin_scheduled(at=at), at=at)


def _hint_at_matching(*, at: datetime) -> None:
    if is_matching_due(at=at):
        match_grants.apply_async(expires=15)


# Each asks in a query or two whether anything is due, and does each thing in a transaction of its own.
STEPS: tuple[Callable[..., object], ...] = (
    lapse_overdue,
    end_unconfirmed,
    end_suspensions,
    settle_seen,
    follow_cases,
    open_due_tasks,
    settle_read_tasks,
    tell_of_overdue,
    warn_of_lapses,
    remind_daily,
    _begin_reviews,
    run_due,
    verify_due,
    close_verified,
    _hint_at_matching,
)


@shared_task
def tick() -> None:
    """What the calendar and readings ask for; a step that fails is raised once the others are done."""
    at = timezone.now()
    do_each(lambda step: step(at=at), STEPS)


@shared_task
def match_grants() -> None:
    """Compare what AWS allows with what is approved, where either has changed; what is left is hinted at anew."""
    if match_due(at=timezone.now(), limit=_MATCHED_PER_TASK) == _MATCHED_PER_TASK:
        match_grants.apply_async(expires=15)

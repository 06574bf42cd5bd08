"""Tasks of approvals: a lost message costs at most the time to the next tick."""

from celery import shared_task
from django.utils import timezone

from approvals.services.break_glass import end_unconfirmed
from approvals.services.requests import lapse_overdue
from approvals.services.suspensions import end_suspensions
from approvals.services.unconfirmed_findings import settle_seen


@shared_task
def tick() -> None:
    """End what nobody decided, confirmed or took back in time."""
    at = timezone.now()
    lapse_overdue(at=at)
    end_unconfirmed(at=at)
    end_suspensions(at=at)
    settle_seen(at=at)

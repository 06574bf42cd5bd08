"""Tasks of approvals: a lost message costs at most the time to the next tick."""

from celery import shared_task
from django.utils import timezone

from approvals.services.requests import lapse_overdue


@shared_task
def tick() -> None:
    """End what nobody decided in time."""
    lapse_overdue(at=timezone.now())

"""Tasks of the roof."""

from celery import shared_task
from django.utils import timezone

from inventory.services.schedule import is_daily_due
from sesgov.figures.snapshots import JOB, fill_daily


@shared_task
def daily_figures() -> bool:
    """Take the snapshots of figures once after each midnight; at all other times it asks one question."""
    at = timezone.now()
    return is_daily_due(JOB, at=at) and fill_daily(at=at)

"""Tasks of the roof."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from inventory.models import UnsealedEvent
from inventory.services.audit_chain import checks
from inventory.services.audit_chain.sealing import head, seal_unless_busy
from inventory.services.schedule import is_daily_due
from sesgov.demo.history.position import Position
from sesgov.figures.snapshots import JOB, fill_daily


@shared_task
def daily_figures() -> bool:
    """Take the snapshots of figures once after each midnight; at all other times it asks one question."""
    at = timezone.now()
    return is_daily_due(JOB, at=at) and fill_daily(at=at)


@shared_task
def seal_audit() -> bool:
    """Give the events that wait their place in the chain; says whether this worker did.

    The demo's past is written with the instants of the past: it is sealed when all of it is there.
    """
    at = timezone.now()
    if not UnsealedEvent.objects.exists() or (settings.SESGOV_DEMO and not Position.read(at.date()).is_filled):
        return False
    return seal_unless_busy(at=at) is not None


@shared_task
def daily_audit_check() -> bool:
    """Read the whole chain once after each midnight, as soon as there is one."""
    at = timezone.now()
    return is_daily_due(checks.JOB, at=at) and head().position > 0 and checks.check_daily(at=at)

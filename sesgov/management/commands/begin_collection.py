"""`manage.py begin_collection`: the demo's first run of the present starts at once, through the workers."""

from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from inventory.models import CollectionRun, ScheduledJob
from inventory.services.collecting.collection_limits import collection_limits
from inventory.services.collecting.runs import start_run
from inventory.services.schedule import COLLECT, last_due
from inventory.services.settings.in_force import in_force
from inventory.tasks import collect_slice


class Command(BaseCommand):
    """Start a run unless there has been one, that of the history apart; the workers read it."""

    help = "Start the first collection run now, instead of at the next SESGOV_COLLECT_AT."

    def handle(self, *args: object, **options: object) -> None:
        """A message that no worker takes in time is made up for by the next tick."""
        if CollectionRun.objects.exclude(trigger=CollectionRun.Trigger.REPLAY).exists():
            return
        at = timezone.now()
        _take_the_place_of_the_scheduled_run(at)
        start_run(trigger=CollectionRun.Trigger.SCHEDULE, acting_user=None, at=at, limits=collection_limits())
        collect_slice.apply_async(expires=30)


def _take_the_place_of_the_scheduled_run(at: datetime) -> None:
    collect_at = in_force().collect_at
    if collect_at is not None:
        due_at = last_due(at, collect_at, settings.SESGOV_TIME_ZONE)
        ScheduledJob.objects.get_or_create(job=COLLECT, due_at=due_at, defaults={"started_at": at})

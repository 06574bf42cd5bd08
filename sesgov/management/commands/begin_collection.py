"""`manage.py begin_collection`: the demo's first run starts at once, through the workers."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from inventory.models import CollectionRun
from inventory.services.collection_limits import collection_limits
from inventory.services.runs import start_run
from inventory.tasks import collect_slice


class Command(BaseCommand):
    """Start a run unless there has been one; the workers read it."""

    help = "Start the first collection run now, instead of at the next SESGOV_COLLECT_AT."

    def handle(self, *args: object, **options: object) -> None:
        """A message that no worker takes in time is made up for by the next tick."""
        if CollectionRun.objects.exists():
            return
        start_run(
            trigger=CollectionRun.Trigger.SCHEDULE, acting_user=None, at=timezone.now(), limits=collection_limits()
        )
        collect_slice.apply_async(expires=30)

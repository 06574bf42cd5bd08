"""`manage.py fill_in_history`: the demo's ninety days before today. Started by `./run`, behind the served pages."""

import os

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.services.collecting.collection_limits import collection_limits
from sesgov.demo.aws_double.client import DoubleClient
from sesgov.demo.endpoint import NotTheDemoError, check_demo_endpoint
from sesgov.demo.history.replay import Replay
from sesgov.figures.snapshots import fill_missing


class Command(BaseCommand):
    """Goes on where it was stopped; does nothing where all is there."""

    help = "Fill in the history of the demo by replaying it through the collector."

    def handle(self, *args: object, **options: object) -> None:
        """Only against the double that the supervisor opened: nothing else may be told to change."""
        try:
            endpoint = check_demo_endpoint(os.environ)
        except NotTheDemoError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        Replay(DoubleClient(endpoint), real=timezone.now, limits=collection_limits()).to_the_end()
        fill_missing(at=timezone.now())

"""`manage.py health`: what /health/ready answers, for where no web process is."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from sesgov.health.parts import PARTS, readiness


class Command(BaseCommand):
    help = "Look at every part, or at some; exit 0 where none has failed, else 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--part", action="append", choices=sorted(PARTS), help="may be given several times")

    def handle(self, *args: object, **options: object) -> None:
        wanted = options["part"]
        found = readiness(timezone.now(), parts=wanted if isinstance(wanted, list) else None)
        self.stdout.write(json.dumps(found.as_json(), indent=2))
        if not found.is_ready:
            raise SystemExit(1)

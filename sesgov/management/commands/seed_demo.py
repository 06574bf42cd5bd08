"""`manage.py seed_demo`: what people have told sesgov in the demo. Started by `./run`."""

import os
import secrets
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sesgov.demo.endpoint import NotTheDemoError, check_demo_endpoint
from sesgov.demo.seed import seed

PASSWORD_VARIABLE = "SESGOV_DEMO_PASSWORD"  # noqa: S105 (a name, no secret)


class Command(BaseCommand):
    help = "Enter the accounts, vendors, teams and people of the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="do not print the sign-ins")

    def handle(self, *args: object, **options: object) -> None:
        try:
            check_demo_endpoint(os.environ)
        except NotTheDemoError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        password = os.environ.get(PASSWORD_VARIABLE) or secrets.token_urlsafe(9)
        logins = seed(password=password, at=timezone.now())
        for login in () if options["quiet"] else logins:
            self.stdout.write(f"{login.role:<16}{login.email:<32}{password}")

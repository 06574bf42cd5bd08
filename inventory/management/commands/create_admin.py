"""`manage.py create_admin`: the first person, who can add the others."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.management.passwords import ask_password
from inventory.models import Role
from inventory.services.people.people import add_person
from inventory.services.refusals import RefusedError


class Command(BaseCommand):
    help = "Add an administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input",
        )

    def handle(self, *args: object, **options: object) -> None:
        password = ask_password(from_stdin=bool(options["password_stdin"]))
        if password is None:
            needed = "An administrator needs a password: type one, or pipe it in with --password-stdin."
            raise CommandError(needed, returncode=2)
        try:
            user = add_person(
                email=str(options["email"]),
                name=str(options["name"]),
                roles=[Role.ADMIN],
                password=password,
                acting_user=None,
                at=timezone.now(),
            )
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(f"Added the administrator {user.email}.")

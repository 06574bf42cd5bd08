"""`manage.py first_admin`: what `./run --no-demo` asks when nobody can sign in yet."""

import getpass
import secrets
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.models import Role, User
from inventory.services.people.people import add_person
from inventory.services.refusals import RefusedError

UNASKED_EMAIL = "admin@localhost"


class Command(BaseCommand):
    """Ask for the first administrator, or make one and show its password when there is no terminal."""

    help = "Make the first administrator when nobody is one yet."

    def handle(self, *args: object, **options: object) -> None:
        """Do nothing when there is an active administrator."""
        if any(Role.ADMIN in user.roles for user in User.objects.filter(is_active=True)):
            return
        if sys.stdin.isatty():
            self._ask()
        else:
            password = secrets.token_urlsafe(15)
            _add(UNASKED_EMAIL, password)
            self.stdout.write(f"first administrator: {UNASKED_EMAIL}  password: {password}  (not shown again)")

    def _ask(self) -> None:
        # Not self.stdout: `./run` shows that only when everything is ready.
        sys.stdout.write("Nobody can sign in yet. The first administrator:\n")
        for _ in range(3):
            email, password = input("  e-mail: "), getpass.getpass("  password (12 characters or more): ")
            try:
                _add(email, password)
            except RefusedError as refusal:
                sys.stdout.write(f"  {refusal.message}\n")
            else:
                return
        raise CommandError("no administrator was made: ./run asks again, or use manage.py create_admin")


def _add(email: str, password: str) -> None:
    add_person(email=email, name="", roles=[Role.ADMIN], password=password, acting_user=None, at=timezone.now())

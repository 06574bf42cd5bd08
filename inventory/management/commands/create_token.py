"""`manage.py create_token`: a token with which a program reads the API as one person."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.models import User
from inventory.services.people.api_tokens import create_token
from inventory.services.refusals import RefusedError


class Command(BaseCommand):
    help = "Make an API token. The secret is printed once, on standard output, and kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="the e-mail address of the person as whom it reads")
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument(
            "--expires-on", type=_date, help="last day on which it is taken, YYYY-MM-DD; a year from now"
        )

    def handle(self, *args: object, **options: object) -> None:
        user = User.objects.filter(email__iexact=str(options["user"]).strip()).first()
        if user is None:
            known = f"Nobody has the e-mail address {options['user']}. Add them first: manage.py people add."
            raise CommandError(known, returncode=2)
        expires_on = options["expires_on"]
        try:
            token, secret = create_token(
                user=user,
                name=str(options["name"]),
                expires_on=expires_on if isinstance(expires_on, date) else None,
                acting_user=None,
                at=timezone.now(),
            )
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stderr.write(f"Token {token.pk} reads as {user.email} until {token.expires_on:%Y-%m-%d}:")
        self.stdout.write(secret)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2027-03-31") from error

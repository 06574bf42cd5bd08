"""`manage.py tokens list|revoke`: the API tokens of everybody; `create_token` makes them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.models import ApiToken
from inventory.services.people.api_tokens import revoke_token


class Command(BaseCommand):
    help = "List API tokens, or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|revoke")
        actions.add_parser("list", help="list all tokens, newest first")
        revoke = actions.add_parser("revoke", help="end a token at once")
        revoke.add_argument("number", type=int, help="its number in the list")

    def handle(self, *args: object, **options: object) -> None:
        if options["action"] == "list":
            self._list()
        else:
            self._revoke(int(str(options["number"])))

    def _list(self) -> None:
        today = timezone.localdate()
        for token in ApiToken.objects.select_related("user"):
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            state = "revoked" if token.revoked_at else "ended" if token.expires_on < today else "live"
            self.stdout.write(
                f"{token.pk}\t{token.user.email}\t{token.prefix}...\t{state}\tuntil {token.expires_on}\t"
                f"{used}\t{token.name}".rstrip()
            )

    def _revoke(self, number: int) -> None:
        token = ApiToken.objects.filter(pk=number).first()
        if token is None:
            raise CommandError(f"There is no token {number}. See: manage.py tokens list.", returncode=2)
        was_live = revoke_token(token, acting_user=None, at=timezone.now())
        said = "Revoked" if was_live else "Was revoked before:"
        self.stdout.write(f"{said} token {number} of {token.user.email}.")

"""`manage.py unlink_company_account`: lets a person come with another account of the company's sign-in."""

from argparse import ArgumentParser

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from inventory.models import User
from inventory.services.audit import record


class Command(BaseCommand):
    help = (
        "Forget which account of the company's sign-in a person came with; the next one with their address is theirs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="the e-mail address of the person")

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        user = User.objects.select_for_update().filter(email__iexact=str(options["user"]).strip()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {options['user']}.", returncode=2)
        linked = list(SocialAccount.objects.filter(user=user))
        if not linked:
            raise CommandError(f"{user.email} is not linked to an account of the company.", returncode=2)
        subjects = [account.uid for account in linked]
        SocialAccount.objects.filter(user=user).delete()
        record(at=timezone.now(), actor=None, action="user.unlinked", target=user, data={"subjects": subjects})
        self.stdout.write(f"{user.email} is linked to no account of the company any more.")

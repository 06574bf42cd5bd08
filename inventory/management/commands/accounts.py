"""`manage.py accounts add|list`: the registry of AWS accounts."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.models import Account
from inventory.services.accounts import PARTITIONS, NewAccount, add_account
from inventory.services.reevaluation import reevaluate
from inventory.services.refusals import RefusedError


class Command(BaseCommand):
    help = "Add an AWS account to the registry, or list what is in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="add|list")
        add = actions.add_parser("add", help="add one account")
        add.add_argument("account_id", metavar="ID", help="12 digits")
        add.add_argument("--name", default="")
        add.add_argument("--environment", default="", choices=Account.Environment.values)
        add.add_argument("--relationship", default="managed", choices=Account.Relationship.values)
        add.add_argument("--role-arn", default="", help="the role to assume in the account")
        add.add_argument("--external-id", default="", help="the ExternalId that the role asks for")
        add.add_argument("--profile", default="", help="a named profile of the AWS configuration")
        add.add_argument("--partition", default="aws", choices=PARTITIONS)
        add.add_argument("--vendor", default="", help="the company behind the account")
        add.add_argument(
            "--ends-on",
            type=_date,
            help="last valid day of the contract, YYYY-MM-DD",
        )
        add.add_argument("--owner", default="", metavar="TEAM")
        listing = actions.add_parser("list", help="list the registry")
        listing.add_argument("--format", default="text", choices=("text", "json"))

    def handle(self, *args: object, **options: object) -> None:
        if options["action"] == "add":
            self._add(options)
        else:
            self._list(str(options["format"]))

    def _add(self, options: dict[str, object]) -> None:
        entry = NewAccount(**{field: options[field] for field in NewAccount.__dataclass_fields__})  # type: ignore[arg-type]  # argparse has no types
        now = timezone.now()
        try:
            account = add_account(entry, acting_user=None, at=now)
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        reevaluate(accounts=[account.account_id], at=now)
        self.stdout.write(f"Added {account.account_id} {account.name}".rstrip() + f" ({account.relationship}).")

    def _list(self, form: str) -> None:
        rows = [_row(account) for account in Account.objects.select_related("vendor", "owner_team")]
        if form == "json":
            self.stdout.write(json.dumps(rows, indent=2))
            return
        if not rows:
            self.stdout.write("No account yet. Add the first one: manage.py accounts add ID --name NAME")
        for row in rows:
            self.stdout.write("  ".join((row["account_id"], row["relationship"].ljust(12), row["name"])).rstrip())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day of the calendar, such as 2027-03-31") from None


def _row(account: Account) -> dict[str, str]:
    return {
        "account_id": account.account_id,
        "name": account.name,
        "relationship": account.relationship,
        "environment": account.environment,
        "partition": account.partition,
        "state": account.state,
        "role_arn": account.role_arn,
        "profile": account.profile,
        "vendor": account.vendor.name if account.vendor else "",
        "owner": account.owner_team.name if account.owner_team else "",
        "ends_on": account.ends_on.isoformat() if account.ends_on else "",
    }

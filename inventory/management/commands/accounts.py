"""`manage.py accounts add|list|discover|import`: the registry of AWS accounts."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.models import Account, Discovery, Outcome
from inventory.services.collecting.collection_limits import collection_limits
from inventory.services.collecting.collectors import new_sessions
from inventory.services.judging.reevaluation import reevaluate
from inventory.services.refusals import RefusedError
from inventory.services.registry.account_import import ImportReport, import_accounts
from inventory.services.registry.accounts import PARTITIONS, NewAccount, add_account
from inventory.services.registry.discovery import Discoverer, request_discovery

_ERRORS_SHOWN = 50


class Command(BaseCommand):
    help = "Enter AWS accounts into the registry: one, those of a file, or those of our organization; or list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|discover|import")
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
        discover = actions.add_parser("discover", help="enter the accounts of our AWS organization")
        discover.add_argument("--profile", default="", help="a named profile of the AWS configuration")
        discover.add_argument("--format", default="text", choices=("text", "json"))
        importing = actions.add_parser("import", help="enter the accounts of a CSV or YAML file, all or none")
        importing.add_argument("file", metavar="FILE", type=Path)
        importing.add_argument("--check", action="store_true", help="say what would be done, and write nothing")
        listing = actions.add_parser("list", help="list the registry")
        listing.add_argument("--format", default="text", choices=("text", "json"))

    def handle(self, *args: object, **options: object) -> None:
        if options["action"] == "add":
            self._add(options)
        elif options["action"] == "discover":
            self._discover(str(options["profile"]), str(options["format"]))
        elif options["action"] == "import":
            self._import(Path(str(options["file"])), is_check=bool(options["check"]))
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

    def _discover(self, profile: str, form: str) -> None:
        discovery, _ = request_discovery(profile=profile, acting_user=None, at=timezone.now())
        discoverer = Discoverer(new_sessions(timezone.now), collection_limits(), timezone.now)
        discoverer.work_to_the_end(discovery, on_progress=self._say_progress)
        if form == "json":
            self.stdout.write(json.dumps(_discovered(discovery), indent=2))
        else:
            self._say(discovery)
        if discovery.outcome != Outcome.COMPLETE:
            raise CommandError(f"{discovery.error_code}: {discovery.error_text}", returncode=3)

    def _say_progress(self, discovery: Discovery) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{discovery.listed} accounts on {discovery.pages} pages", ending="")

    def _say(self, discovery: Discovery) -> None:
        self.stdout.write(
            f"{discovery.organization or 'No organization'}: {discovery.listed} accounts listed, "
            f"{discovery.added} new, {discovery.changed} changed, {len(discovery.left)} left."
        )
        for account_id in discovery.left:
            self.stdout.write(
                f"{account_id} is no longer in the organization. It stays in the registry, and counts as former "
                "until somebody says on its page that it is still ours."
            )
        if discovery.added and not settings.SESGOV_ROLE_NAME:
            self.stdout.write("SESGOV_ROLE_NAME is not set, so sesgov has no role to enter them with: deploy/README.md")

    def _import(self, path: Path, *, is_check: bool) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        now = timezone.now()
        report = import_accounts(path.name, data, is_check=is_check, acting_user=None, at=now)
        if report.errors:
            lines = "\n".join(f"{path}: {error}" for error in report.errors[:_ERRORS_SHOWN])
            more = f"\nand {len(report.errors) - _ERRORS_SHOWN} more" if len(report.errors) > _ERRORS_SHOWN else ""
            raise CommandError(f"{lines}{more}\nNothing was written.", returncode=2)
        self.stdout.write(_imported(report, is_check=is_check))
        if not is_check and report.concerned:
            reevaluate(accounts=report.concerned, at=now)

    def _list(self, form: str) -> None:
        rows = [_row(account) for account in Account.objects.select_related("vendor", "owner_team")]
        if form == "json":
            self.stdout.write(json.dumps(rows, indent=2))
            return
        if not rows:
            self.stdout.write("No account yet. Add the first one: manage.py accounts add ID --name NAME")
        for row in rows:
            self.stdout.write("  ".join((row["account_id"], row["relationship"].ljust(12), row["name"])).rstrip())


def _discovered(discovery: Discovery) -> dict[str, object]:
    return {
        "organization": discovery.organization.organization_id if discovery.organization else None,
        "outcome": discovery.outcome,
        "error": f"{discovery.error_code}: {discovery.error_text}" if discovery.error_code else None,
        "listed": discovery.listed,
        "added": discovery.added,
        "changed": discovery.changed,
        "left": discovery.left,
    }


def _imported(report: ImportReport, *, is_check: bool) -> str:
    would = "would be " if is_check else ""
    said = [f"{len(report.added)} accounts {would}added, {len(report.changed)} {would}changed, "]
    said.append(f"{len(report.unchanged)} unchanged.")
    if report.known_added or report.known_changed or report.known_unchanged:
        said.append(
            f" Known by name: {report.known_added} {would}added, {report.known_changed} {would}changed, "
            f"{report.known_unchanged} unchanged; a name is not trust."
        )
    return "".join(said)


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

"""`manage.py people add|import`: people who sign in."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.files.people_file import COLUMNS_HELP, read_people
from inventory.management.passwords import ask_password
from inventory.models import Role
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.people.people import add_person, enter_people
from inventory.services.refusals import RefusedError


class Command(BaseCommand):
    help = "Add a person with their roles and teams, or all people of a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="add|import")
        add = actions.add_parser("add", help="add one person")
        add.add_argument("email")
        add.add_argument("--name", default="")
        add.add_argument(
            "--role",
            action="append",
            default=[],
            choices=Role.values,
            help="may be given several times",
        )
        add.add_argument(
            "--team",
            action="append",
            default=[],
            help="may be given several times; made where missing",
        )
        add.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input",
        )

        imported = actions.add_parser("import", help="add the people of a CSV file, all of them or nobody")
        imported.add_argument("file", metavar="FILE", help=COLUMNS_HELP)

    def handle(self, *args: object, **options: object) -> None:
        if options["action"] == "import":
            self._import(Path(str(options["file"])))
        else:
            self._add(options)

    def _import(self, path: Path) -> None:
        try:
            people = read_people(path)
            added = enter_people(people, acting_user=None, at=timezone.now())
        except RefusedError as refusal:
            raise CommandError(f"{path}: nobody was added.\n{refusal.message}", returncode=2) from refusal
        self.stdout.write(f"Added {len(added)} people. They set their passwords by mail.")

    def _add(self, options: dict[str, object]) -> None:
        now = timezone.now()
        try:
            user = add_person(
                email=str(options["email"]),
                name=str(options["name"]),
                roles=list(options["role"]),  # type: ignore[call-overload]  # argparse has no types
                teams=list(options["team"]),  # type: ignore[call-overload]  # argparse has no types
                password=ask_password(from_stdin=bool(options["password_stdin"])),
                acting_user=None,
                at=now,
            )
        except RefusedError as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        roles = ", ".join(user.roles) or "no role yet, so they see nothing"
        self.stdout.write(f"Added {user.email} ({roles}).")
        reassigned = len(reassign_owners(at=now))
        if reassigned:
            self.stdout.write(f"{reassigned} identities have another owner now.")

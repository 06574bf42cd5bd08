"""`manage.py verify_audit`: whether the chain over the audit trail holds, link by link."""

import re
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand

from inventory.services.audit_chain.content import instant
from inventory.services.audit_chain.verification import Verification, verify
from inventory.words import counted

BROKEN = 1


class Command(BaseCommand):
    """Exit 0: the chain holds. 1: it does not. 2: bad input. Nothing is written."""

    help = "Compute every link of the audit chain again and say where it does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            type=_hash,
            metavar="HASH",
            help="the hash of a head that somebody kept, from an export, a mail or the log: it must still be there",
        )

    def handle(self, *args: object, **options: object) -> None:
        found = verify(kept=str(options["head"] or ""))
        for line in _lines(found):
            self.stdout.write(line)
        if not found.holds:
            for problem in found.problems:
                self.stderr.write(problem.text)
            if found.number > len(found.problems):
                self.stderr.write(f"And {found.number - len(found.problems)} more.")
            self.stderr.write(f"The chain does not hold: {counted(found.number, 'problem')}.")
            raise SystemExit(BROKEN)
        self.stdout.write("The chain holds.")


def _lines(found: Verification) -> list[str]:
    """The head as text that can be kept and given back to ``--head``."""
    lines = [f"{counted(found.links, 'link')}, {counted(found.unsealed, 'event')} not sealed yet"]
    if found.head.sealed_at is not None:
        lines.append(f"head {found.head.hash} at position {found.head.position}, {instant(found.head.sealed_at)}")
    return lines


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ArgumentTypeError(f"{text!r} is not a hash: 64 hexadecimal digits")
    return text.lower()

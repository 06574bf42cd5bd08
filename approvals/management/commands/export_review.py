"""`manage.py export_review`: the evidence of a review as one file that can be checked without sesgov."""

import contextlib
import io
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals.models import Campaign, EvidencePack
from approvals.services.evidence import verify as script
from approvals.services.evidence.editions import current_edition
from approvals.services.evidence.sealing import bytes_of
from approvals.services.evidence.signing import SigningKeyError
from inventory.services.audit_chain.verification import verify
from inventory.services.refusals import ConflictError

BROKEN, BAD_INPUT = 1, 2


class Command(BaseCommand):
    """Exit 0: written, and everything holds. 1: the audit chain or a hash does not hold. 2: bad input."""

    help = "Write the evidence pack of a review that is signed, and check it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("review", type=int, metavar="ID", help="the number of the review, as in its address")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.zip")

    def handle(self, *args: object, **options: object) -> None:
        pack, output = self._pack(int(str(options["review"]))), Path(str(options["output"]))
        try:
            with output.open("wb") as file:
                for piece in bytes_of(pack):
                    file.write(piece)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}", returncode=BAD_INPUT) from error
        self._check(pack, output)

    def _pack(self, number: int) -> EvidencePack:
        campaign = Campaign.objects.filter(pk=number).first()
        if campaign is None:
            raise CommandError(f"There is no review {number}.", returncode=BAD_INPUT)
        try:
            return current_edition(campaign, acting_user=None, at=timezone.now())
        except (ConflictError, SigningKeyError) as error:
            raise CommandError(str(error) or error.args[0], returncode=BAD_INPUT) from error

    def _check(self, pack: EvidencePack, output: Path) -> None:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            held = script.main([str(output), "--fingerprint", pack.fingerprint, "--head", pack.head_hash]) == 0
        self.stdout.write(said.getvalue())
        chain = verify(kept=pack.head_hash)
        for problem in chain.problems:
            self.stderr.write(problem.text)
        self.stdout.write(f"{output}: {pack}, {pack.size} bytes, pack {pack.pack_hash}, key {pack.fingerprint}")
        if not (held and chain.holds):
            raise SystemExit(BROKEN)

"""``manage.py collect``: read accounts in the foreground, and match what they allow with what is approved."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q, Sum
from django.utils import timezone

from approvals.services.matching.matching import match_all
from inventory.aws.regions import partition_of
from inventory.models import Account, CollectionRun, Outcome, ScopeRun
from inventory.services.collecting.collectors import Collector
from inventory.services.collecting.run_reports import RunReport, report
from inventory.services.collecting.runs import start_run
from inventory.services.refusals import RefusedError

BAD_INPUT = 2
NOT_COMPLETE = 3
_BAR_WIDTH = 30
_REDRAW_SECONDS = 0.25


class Command(BaseCommand):
    """Exit 0: every scope complete. 3: some scope not complete. 2: bad input."""

    help = "Read the identities of managed accounts, all of them or those named, and judge their policies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", action="append", default=[], metavar="ID", help="read this account only")
        parser.add_argument("--region", action="append", default=[], metavar="R", help="read this region only")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        collector = Collector.from_settings(timezone.now)
        try:
            _check_regions(options["account"], options["region"])
            run = start_run(
                trigger=CollectionRun.Trigger.COMMAND,
                acting_user=None,
                at=timezone.now(),
                limits=collector.limits,
                account_ids=options["account"],
                regions=options["region"],
            )
        except RefusedError as error:
            raise CommandError(error.message, returncode=BAD_INPUT) from error
        bar = ProgressBar(run, sys.stderr)
        try:
            collector.work_to_the_end(run, on_progress=bar.draw)
            match_all(at=timezone.now())
        finally:
            bar.clear()
        found = report(run)
        self.stdout.write(json.dumps(found, indent=2) if options["format"] == "json" else _text(found))
        if (
            any(scope["outcome"] != Outcome.COMPLETE for scope in found["scopes"])
            or found["outcome"] != Outcome.COMPLETE
        ):
            raise SystemExit(NOT_COMPLETE)


def _check_regions(account_ids: Sequence[str], regions: Sequence[str]) -> None:
    """Each region must lie in the partition of an account that is to be read."""
    accounts = Account.objects.managed()
    if account_ids:
        accounts = accounts.filter(account_id__in=account_ids)
    partitions = set(accounts.values_list("partition", flat=True))
    for region in regions:
        partition = partition_of(region)
        if partition is None:
            raise RefusedError("region", f"{region!r} is not the name of an AWS region, such as eu-west-1.")
        if partitions and partition not in partitions:
            held = ", ".join(sorted(partitions))
            raise RefusedError("region", f"{region} lies in partition {partition}, but the account is in {held}.")


class ProgressBar:
    """A line that is drawn over; nothing at all where the output is no terminal."""

    def __init__(self, run: CollectionRun, stream: TextIO) -> None:
        self._run, self._stream = run, stream
        self._is_shown = stream.isatty()
        self._drawn_at = 0.0

    def draw(self) -> None:
        """Draw how far the run is, four times a second at most."""
        now = time.monotonic()
        if not self._is_shown or now - self._drawn_at < _REDRAW_SECONDS:
            return
        self._drawn_at = now
        seen = self._run.scope_runs.aggregate(
            scopes=Count("pk"),
            done=Count("pk", filter=Q(state=ScopeRun.State.DONE)),
            listed=Sum("identities_listed", default=0),
            read=Sum("identities_read", default=0),
        )
        filled = _BAR_WIDTH * seen["read"] // max(seen["listed"], 1)
        line = f"[{'#' * filled:<{_BAR_WIDTH}}] {seen['read']}/{seen['listed']} identities"
        self._stream.write(f"\r{line}, {seen['done']}/{seen['scopes']} scopes ")
        self._stream.flush()

    def clear(self) -> None:
        """Leave the line empty for what follows."""
        if self._is_shown and self._drawn_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _text(found: RunReport) -> str:
    lines = [f"Run {found['run']}: {found['outcome']} in {found['seconds']:.1f} s"]
    for scope in found["scopes"]:
        line = f"  {scope['account']} {scope['region']:<15} {scope['outcome']:<11} {scope['identities']} identities"
        lines.append(f"{line}  {scope['error']}" if scope["error"] else line)
    findings = found["findings"]
    lines.append(
        f"Findings: {findings['opened']} opened, {findings['resolved']} resolved, {findings['reopened']} reopened"
    )
    return "\n".join(lines)

"""``./bench web``: how long the server takes for each list, the dashboard and the first byte of each export."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.measures import Measure

ROOT = Path(__file__).resolve().parents[2]
_GIVEN = ("AWS_", "SESGOV_", "DATABASE_URL", "REDIS_URL")


def measure(argv: Sequence[str]) -> list[Measure]:
    """Over all pages with all their filters: median and 95th percentile of their times, and the most queries."""
    parser = argparse.ArgumentParser(prog="./bench web")
    parser.add_argument("--identities", type=int, default=100_000)
    parser.add_argument("--delegations", type=int, default=60_000)
    parser.add_argument("--findings", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", action="store_true", help="each page's median as well")
    parser.add_argument("--state-dir", help="kept, and filled only if it is empty")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sesgov-bench-") as temporary:
        state = options.state_dir or temporary
        measures = [Measure(**each) for each in _ask(state, options)]
    return measures if options.pages else [each for each in measures if "/" not in each.name]


def _ask(state: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """In a process of its own: nothing of the caller's estate, and services that are embedded for the bench."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_GIVEN)}
    sizes = (options.identities, options.delegations, options.findings, options.rounds)
    code = f"from tests.bench.web_pages import report; report{sizes}"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | {"SESGOV_STATE_DIR": state}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found

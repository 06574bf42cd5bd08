"""``./bench audit``: events sealed a second while a collection writes, and how long a search of the trail takes."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from sesgov.demo.aws_double.client import DoubleClient, started_double
from tests.bench.measures import Measure
from tests.bench.processes import ROOT, manage, without_ambient

ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "us-east-1")


def measure(argv: Sequence[str]) -> list[Measure]:
    """In a process of its own, with services that are embedded for the bench."""
    parser = argparse.ArgumentParser(prog="./bench audit")
    parser.add_argument("--seconds", type=int, default=20, help="of writing and sealing")
    parser.add_argument("--identities", type=int, default=400, help="of the collection, in each region")
    parser.add_argument("--events", type=int, default=300_000, help="that the trail has when it is searched")
    options = parser.parse_args(argv)
    with started_double() as double, tempfile.TemporaryDirectory(prefix="sesgov-bench-") as state:
        _fill(double, options.identities)
        own = {"SESGOV_STATE_DIR": state, "SESGOV_SES_RATE": "0", "SESGOV_COLLECT_AT": "never"}
        environment = without_ambient(os.environ) | double.environment(ACCOUNT) | own
        manage(environment, "accounts", "add", ACCOUNT, "--name", "Bench")
        code = f"from tests.bench.audit_trail import report; report({options.seconds}, {options.events}, {REGIONS})"
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [Measure(**each) for each in json.loads(done.stdout.splitlines()[-1])]


def _fill(double: DoubleClient, identities: int) -> None:
    for region in REGIONS:
        for number in range(identities):
            double.put_identity(ACCOUNT, region, f"n{number}.example.com")

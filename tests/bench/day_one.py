"""``./bench day_one``: an organization of 60 accounts in 17 regions, from its discovery to a complete picture."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence

from sesgov.demo.aws_double.client import started_double
from tests.bench.measures import Measure
from tests.bench.processes import manage, without_ambient
from tests.collection.day_one import DENIED, DayOne
from tests.collection.organization import EXTERNAL_ID, KEY, ROLE


def measure(argv: Sequence[str]) -> list[Measure]:
    """Seconds for discovery and collection without a pace, and what is seen in the end."""
    parser = argparse.ArgumentParser(prog="./bench day_one")
    parser.add_argument("--accounts", type=int, default=60)
    parser.add_argument("--regions", type=int, default=17, choices=range(2, 18))
    options = parser.parse_args(argv)
    size = DayOne(options.accounts, options.regions)
    with started_double() as double, tempfile.TemporaryDirectory(prefix="sesgov-bench-") as state:
        size.load(double)
        environment = without_ambient(os.environ) | double.environment(KEY)
        environment |= {"SESGOV_STATE_DIR": state, "SESGOV_SES_RATE": "0"}
        environment |= {"SESGOV_ROLE_NAME": ROLE, "SESGOV_EXTERNAL_ID": EXTERNAL_ID}
        manage(environment, "accounts", "list")
        started = time.monotonic()
        listed = json.loads(manage(environment, "accounts", "discover", "--format", "json"))["listed"]
        discovered = time.monotonic() - started
        found = json.loads(manage(environment, "collect", "--format", "json"))
        calls = len(double.calls())
    denied = {scope["account"] for scope in found["scopes"] if scope["outcome"] != "complete"}
    return [
        Measure("day_one.accounts", listed, "count"),
        Measure("day_one.scopes", len(found["scopes"]), "count"),
        Measure("day_one.scopes_expected", size.scopes, "count"),
        Measure("day_one.denied_accounts", len(denied & set(DENIED)), "count"),
        Measure("day_one.denied_wrongly", len(denied - set(DENIED)), "count"),
        Measure("day_one.identities_lost", size.identities - _read(found["scopes"]), "count"),
        Measure("day_one.calls", calls, "count"),
        Measure("day_one.discover_seconds", discovered, "s"),
        Measure("day_one.collect_seconds", found["seconds"], "s"),
    ]


def _read(scopes: Sequence[dict[str, int]]) -> int:
    return sum(scope["identities"] for scope in scopes)

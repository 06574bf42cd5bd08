"""``./bench collect``: ``manage.py collect`` against the double behind AWS's own limit of one request a second."""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from sesgov.demo.aws_double.client import DoubleClient, started_double
from tests.bench.measures import Measure
from tests.bench.processes import manage, without_ambient

ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "us-east-1", "us-east-2", "us-west-2")


def measure(argv: Sequence[str]) -> list[Measure]:
    """Identities lost, calls per identity, throttled share, and the time taken over the least that the limit allows."""
    parser = argparse.ArgumentParser(prog="./bench collect")
    parser.add_argument("--identities", type=int, default=30, help="in each scope")
    parser.add_argument("--scopes", type=int, default=len(REGIONS), choices=range(1, len(REGIONS) + 1))
    parser.add_argument("--latency-ms", type=int, default=50)
    options = parser.parse_args(argv)
    regions = REGIONS[: options.scopes]
    with started_double() as double, tempfile.TemporaryDirectory(prefix="sesgov-bench-") as state:
        _fill(double, regions, options.identities)
        double.fault("pace", limit=1)
        double.fault("latency", milliseconds=options.latency_ms)
        found = _collect(_environment(double, state), regions)
        calls = len(double.calls(action="GetEmailIdentity"))
        throttled = double.throttled()
    wanted = options.identities * options.scopes
    read = sum(scope["identities"] for scope in found["scopes"])
    return [
        Measure("collect.identities_lost", wanted - read, "count"),
        Measure("collect.calls_per_identity", calls / wanted, "count"),
        Measure("collect.throttled_share", throttled / max(calls, 1), "share"),
        Measure("collect.wall_over_limit", found["seconds"] / options.identities, "share"),
        Measure("collect.seconds", found["seconds"], "s"),
    ]


def _fill(double: DoubleClient, regions: Sequence[str], identities: int) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "702839415026"}, "Action": "ses:SendEmail", "Resource": "*"}
        ],
    }
    for region in regions:
        for number in range(identities):
            double.put_identity(ACCOUNT, region, f"n{number}.example.com", policies={"partner": policy})


def _environment(double: DoubleClient, state: str) -> dict[str, str]:
    """Nothing of the caller's own estate: services are embedded, in a folder that goes away."""
    return without_ambient(os.environ) | double.environment(ACCOUNT) | {"SESGOV_STATE_DIR": state}


def _collect(environment: Mapping[str, str], regions: Sequence[str]) -> Any:
    manage(environment, "accounts", "add", ACCOUNT, "--name", "Bench")
    wanted = [word for region in regions for word in ("--region", region)]
    return json.loads(manage(environment, "collect", "--account", ACCOUNT, *wanted, "--format", "json"))

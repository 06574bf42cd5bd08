"""``./bench engine``: analyses with witness per second on one core, and how long the slow ones take."""

import argparse
import sys
import time
from collections.abc import Sequence
from statistics import median, quantiles

from inventory.policy.analysis import analyse
from tests.bench.measures import Measure
from tests.policy.generators.dice import SeededDice
from tests.policy.generators.policies import policies, texts
from tests.policy.generators.world import AT, IDENTITY, OWNER, REGISTRY


def measure(argv: Sequence[str]) -> list[Measure]:
    """Every analysis once, of policies that differ, after a warm-up of the same kind."""
    parser = argparse.ArgumentParser(prog="./bench engine")
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args(argv)
    sys.stderr.write(f"seed {options.seed}, {options.examples} policies\n")
    made = [texts(policies(SeededDice(options.seed + number))) for number in range(options.examples)]
    _times(made[:200])
    times = _times(made)
    return [
        Measure("engine.analyses_per_s", round(len(times) / sum(times), 1), "1/s"),
        Measure("engine.median_ms", round(median(times) * 1000, 4), "ms"),
        Measure("engine.p99_ms", round(quantiles(times, n=100)[98] * 1000, 4), "ms"),
        Measure("engine.max_ms", round(max(times) * 1000, 4), "ms"),
    ]


def _times(made: list[dict[str, str]]) -> list[float]:
    times = []
    for documents in made:
        begun = time.perf_counter()
        analyse(owner_account=OWNER, identity_arn=IDENTITY, policies=documents, registry=REGISTRY, at=AT)
        times.append(time.perf_counter() - begun)
    return times

"""``./bench soundness``: hundreds of thousands of examples against the evaluator, and the planted mutants."""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.measures import Measure
from tests.policy.generators.dice import SeededDice
from tests.policy.mutants import MUTANTS, caught
from tests.policy.shrinking import shrunk
from tests.policy.soundness import Counterexample, Tally, focus_of, try_one

_BATCH = 500


def measure(argv: Sequence[str]) -> list[Measure]:
    """Examples, counterexamples and mutants caught; the thinnest cell of each coverage goes to stderr."""
    parser = argparse.ArgumentParser(prog="./bench soundness")
    parser.add_argument("--examples", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-mutants", action="store_true")
    options = parser.parse_args(argv)
    sys.stderr.write(f"seed {options.seed}, {options.examples} examples\n")
    total = _run(options.examples, options.seed, options.processes)
    for text in _told(total.found):
        sys.stderr.write(text)
    _tell_coverage(total.allowed)
    measures = [
        Measure("soundness.examples", total.examples, "count"),
        Measure("soundness.counterexamples", len(total.found), "count"),
        Measure("soundness.seed", options.seed, "count"),
        Measure("soundness.least_allowed_per_reach", _least(total.allowed, "reach"), "count"),
        Measure("soundness.least_allowed_per_operator", _least(total.allowed, "operator"), "count"),
    ]
    return measures if options.no_mutants else [*measures, _mutants(options.processes)]


@dataclass(frozen=True)
class _Batch:
    first: int
    last: int
    seed: int


def _run(examples: int, seed: int, processes: int) -> Tally:
    batches = [_Batch(first, min(first + _BATCH, examples), seed) for first in range(0, examples, _BATCH)]
    total = Tally()
    with multiprocessing.Pool(processes) as pool:
        for done, tally in enumerate(pool.imap_unordered(_try_batch, batches), start=1):
            total.examples += tally.examples
            total.allowed += tally.allowed
            total.found += tally.found
            if done % 40 == 0:
                sys.stderr.write(f"{total.examples} examples, {len(total.found)} counterexamples\n")
    return total


def _try_batch(batch: _Batch) -> Tally:
    tally = Tally()
    for number in range(batch.first, batch.last):
        try_one(SeededDice(batch.seed * 1_000_003 + number), tally, focus=focus_of(number))
    return tally


def _told(found: list[Counterexample], most: int = 20) -> list[str]:
    return [_text_of(shrunk(each)) for each in found[:most]]


def _text_of(found: Counterexample) -> str:
    told: dict[str, Any] = {"broken": found.broken, "expected": found.expected, "policies": found.documents}
    if found.request is not None:
        told["request"] = found.request.to_json()
    return json.dumps(told) + "\n"


def _least(allowed: Counter[str], kind: str) -> int:
    cells = [count for name, count in allowed.items() if name.startswith(f"{kind} ")]
    return min(cells, default=0)


def _tell_coverage(allowed: Counter[str]) -> None:
    for kind in ("reach", "witness", "operator"):
        cells = sorted((count, name) for name, count in allowed.items() if name.startswith(f"{kind} "))
        thinnest = ", ".join(f"{name.removeprefix(kind).strip()} {count}" for count, name in cells[:8])
        sys.stderr.write(f"allowed, thinnest {kind} cells of {len(cells)}: {thinnest}\n")


def _mutants(processes: int) -> Measure:
    with multiprocessing.pool.ThreadPool(processes) as pool:
        results = pool.map(caught, MUTANTS)
    for mutant, was_caught in zip(MUTANTS, results, strict=True):
        if not was_caught:
            sys.stderr.write(f"not caught: {mutant.name}\n")
    return Measure("soundness.mutants_caught", sum(results), "count")

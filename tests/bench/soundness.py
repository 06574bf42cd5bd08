"""``./bench soundness``: hundreds of thousands of examples against the evaluator, and the planted mutants."""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool, ThreadPool
from typing import Any

from inventory.policy.reach import Reach
from tests.bench.measures import Measure
from tests.policy.generators.dice import SeededDice
from tests.policy.mutants import MUTANTS, caught
from tests.policy.shrinking import shrunk
from tests.policy.soundness import OPERATOR_FORMS, Counterexample, Tally, focus_of, try_one

_BATCH = 500
_ENOUGH = 1000


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
    """Examples by number; all of them about one operator where ``focus`` names one."""

    first: int
    last: int
    seed: int
    focus: str | None = None


def _run(examples: int, seed: int, processes: int) -> Tally:
    """The examples, the last tenth of them about the operators that were allowed least often."""
    total, most = Tally(), examples * 9 // 10
    with multiprocessing.Pool(processes) as pool:
        _try(pool, total, [_Batch(first, min(first + _BATCH, most), seed) for first in range(0, most, _BATCH)])
        while total.examples < examples:
            scarce = _scarce(total.allowed)
            each = max(1, min(100, (examples - total.examples) // len(scarce)))
            _try(pool, total, [
                _Batch(first, first + each, seed, focus)
                for first, focus in zip(range(total.examples, examples, each), scarce, strict=False)
            ])  # fmt: skip
    return total


def _try(pool: Pool, total: Tally, batches: list[_Batch]) -> None:
    for done, tally in enumerate(pool.imap_unordered(_try_batch, batches), start=1):
        total.examples += tally.examples
        total.allowed += tally.allowed
        for each in tally.found:
            # At once: a run that is cut off keeps what it found.
            sys.stderr.write(_text_of(shrunk(each)))
        total.found += tally.found
        if done % 10 == 0:
            sys.stderr.write(f"{total.examples} examples, {len(total.found)} counterexamples\n")


def _scarce(allowed: Counter[str]) -> list[str]:
    """The operators of which too few were allowed with their key there, or not there; the scarcest where none is."""
    least = {
        form: min(allowed[f"operator {form} {where}"] for where in ("present", "absent")) for form in OPERATOR_FORMS
    }
    scarce = [form for form, count in least.items() if count < _ENOUGH]
    return sorted(scarce or OPERATOR_FORMS, key=least.__getitem__)


def _try_batch(batch: _Batch) -> Tally:
    tally = Tally()
    for number in range(batch.first, batch.last):
        try_one(SeededDice(batch.seed * 1_000_003 + number), tally, focus=batch.focus or focus_of(number))
    return tally


def _text_of(found: Counterexample) -> str:
    told: dict[str, Any] = {"broken": found.broken, "expected": found.expected, "policies": found.documents}
    if found.request is not None:
        told["request"] = found.request.to_json()
    return json.dumps(told) + "\n"


def _least(allowed: Counter[str], kind: str) -> int:
    names = [f"{form} {where}" for form in OPERATOR_FORMS for where in ("present", "absent")]
    if kind == "reach":
        names = [reach.value for reach in Reach if reach not in (Reach.UNDETERMINED, Reach.DANGLING, Reach.INERT)]
    return min(allowed[f"{kind} {name}"] for name in names)


def _tell_coverage(allowed: Counter[str]) -> None:
    for kind in ("reach", "witness", "operator"):
        cells = sorted((count, name) for name, count in allowed.items() if name.startswith(f"{kind} "))
        thinnest = ", ".join(f"{name.removeprefix(kind).strip()} {count}" for count, name in cells[:8])
        sys.stderr.write(f"allowed, thinnest {kind} cells of {len(cells)}: {thinnest}\n")


def _mutants(processes: int) -> Measure:
    with ThreadPool(processes) as pool:
        results = pool.map(caught, MUTANTS)
    for mutant, was_caught in zip(MUTANTS, results, strict=True):
        if not was_caught:
            sys.stderr.write(f"not caught: {mutant.name}\n")
    return Measure("soundness.mutants_caught", sum(results), "count")

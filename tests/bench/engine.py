"""``./bench engine``: analyses with witness per second of one core, and how long the slow ones take.

The policies are the labelled cases, each time with other accounts, so that no two are equal; ``generated`` are the
policies of the soundness examples, which pile up what real ones hold singly. Times are of the processor, so that a busy
machine does not count.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from inventory.policy.analysis import analyse
from inventory.policy.trust import Registry, Trust
from tests.bench.measures import Measure
from tests.policy.generators.dice import SeededDice
from tests.policy.generators.policies import policies, texts
from tests.policy.generators.world import AT, IDENTITY, OWNER, REGISTRY

_CASES = Path(__file__).parents[1] / "policy" / "policy_cases.json"


@dataclass(frozen=True)
class _Example:
    owner: str
    identity_arn: str
    policies: dict[str, str]
    registry: Registry


def measure(argv: Sequence[str]) -> list[Measure]:
    """Every analysis once, after a warm-up of the same kind."""
    parser = argparse.ArgumentParser(prog="./bench engine")
    parser.add_argument("--examples", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args(argv)
    sys.stderr.write(f"seed {options.seed}, {options.examples} policies of each kind\n")
    numbers = range(options.seed, options.seed + options.examples)
    labelled = _times(_labelled(options.examples))
    generated = _times([_Example(OWNER, IDENTITY, texts(policies(SeededDice(number))), REGISTRY) for number in numbers])
    return [*_measures("engine.", labelled), *_measures("engine.generated_", generated)]


def _measures(start: str, times: list[float]) -> list[Measure]:
    return [
        Measure(f"{start}analyses_per_s", round(len(times) / sum(times), 1), "1/s"),
        Measure(f"{start}median_ms", round(median(times) * 1000, 4), "ms"),
        Measure(f"{start}p99_ms", round(quantiles(times, n=100)[98] * 1000, 4), "ms"),
        Measure(f"{start}max_ms", round(max(times) * 1000, 4), "ms"),
    ]


def _labelled(examples: int) -> list[_Example]:
    cases = json.loads(_CASES.read_text(encoding="utf-8"))["cases"]
    return [_renamed(cases[number % len(cases)], number) for number in range(examples)]


def _renamed(case: dict[str, str], number: int) -> _Example:
    """The case with accounts of its own."""
    other = {
        digits: f"{int(digits) + 7 * number + 1:012}" for digits in ("111111111111", "222222222222", "999999999999")
    }
    text = json.dumps(case)
    for digits, renamed in other.items():
        text = text.replace(digits, renamed)
    made = json.loads(text)
    registry = Registry({other["222222222222"]: Trust.ORGANIZATION}, {"o-ours": Trust.ORGANIZATION}, "o-ours")
    documents = {name: json.dumps(document) for name, document in made["policies"].items()}
    return _Example(made["owner_account"], made["identity"], documents, registry)


def _times(examples: list[_Example]) -> list[float]:
    for example in examples[:100]:
        _time(example)
    return [_time(example) for example in examples]


def _time(example: _Example) -> float:
    begun = time.process_time()
    analyse(
        owner_account=example.owner,
        identity_arn=example.identity_arn,
        policies=example.policies,
        registry=example.registry,
        at=AT,
    )
    return time.process_time() - begun

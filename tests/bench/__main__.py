"""``./bench NAME [--format json] [options of that bench]``."""

import argparse
import json
import sys
from dataclasses import asdict

from tests.bench import collect, engine, soundness, web
from tests.bench.measures import Bench, Measure

BENCHES: dict[str, Bench] = {
    "collect": collect.measure,
    "engine": engine.measure,
    "soundness": soundness.measure,
    "web": web.measure,
}


def main() -> int:
    """Print the measures of one bench. Returns 0, or 2 for a name that is not there."""
    parser = argparse.ArgumentParser(prog="./bench", description=f"Measures: {', '.join(BENCHES)}.")
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options, rest = parser.parse_known_args()
    measures = BENCHES[options.name](rest)
    print(_as_json(measures) if options.format == "json" else _as_text(measures))  # noqa: T201
    return 0


def _as_json(measures: list[Measure]) -> str:
    return json.dumps([asdict(measure) for measure in measures])


def _as_text(measures: list[Measure]) -> str:
    return "\n".join(f"{measure.name:40} {measure.value:>14,.6g} {measure.unit}" for measure in measures)


if __name__ == "__main__":
    sys.exit(main())

"""``./bench NAME [--format json] [options of that bench]``."""

import argparse
import json
import sys
from dataclasses import asdict

from tests.bench import audit, collect, day_one, engine, export, soundness, web
from tests.bench.measures import Bench, Measure

BENCHES: dict[str, Bench] = {
    "audit": audit.measure,
    "collect": collect.measure,
    "day_one": day_one.measure,
    "engine": engine.measure,
    "export": export.measure,
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
    return "\n".join(f"{measure.name:40} {_shown(measure.value):>14} {measure.unit}" for measure in measures)


def _shown(value: float) -> str:
    """A count in full, as a seed has to be given again."""
    return str(value) if isinstance(value, int) else f"{value:,.6g}"


if __name__ == "__main__":
    sys.exit(main())

"""``./bench soundness`` and ``./bench engine`` print the measures by their agreed names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (
            ["soundness", "--examples", "40", "--processes", "1", "--no-mutants"],
            {"soundness.examples", "soundness.counterexamples"},
        ),
        (["engine", "--examples", "100"], {"engine.analyses_per_s", "engine.median_ms", "engine.p99_ms"}),
    ],
)
def test_measures(arguments: list[str], names: set[str]) -> None:
    command = [sys.executable, "-m", "tests.bench", *arguments, "--format", "json"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    measures = {each["name"]: each["value"] for each in json.loads(done.stdout)}
    assert names <= set(measures)
    assert "seed" in done.stderr
    assert measures.get("soundness.examples", 40) == 40
    assert measures.get("soundness.counterexamples", 0) == 0

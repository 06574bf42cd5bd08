"""``./bench export``: a review of many items to a sealed pack, and the pack checked as an auditor would."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.measures import Measure
from tests.bench.processes import ROOT, without_ambient

_SCRIPT = ROOT / "approvals" / "services" / "evidence" / "verify.py"
# Runs the script, then says with how much memory and in what time, as its last line.
_CHECK = """
import json, pathlib, re, runpy, sys, time
begun, script = time.monotonic(), sys.argv[1]
done = runpy.run_path(script)["main"](sys.argv[2:])
most = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(json.dumps([done, time.monotonic() - begun, int(most[1]) / 1024]))
"""


def measure(argv: Sequence[str]) -> list[Measure]:
    """Seconds and peak memory of the process that seals, and of the bare Python that checks; on Linux alone."""
    parser = argparse.ArgumentParser(prog="./bench export")
    parser.add_argument("--items", type=int, default=200_000)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sesgov-bench-") as state:
        pack = Path(state) / "pack.zip"
        code = f"from tests.bench.export_pack import report; report({options.items}, {str(pack)!r})"
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        environment = without_ambient(os.environ) | {"SESGOV_STATE_DIR": state}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        measures = [Measure(**each) for each in json.loads(done.stdout.splitlines()[-1])]
        return [*measures, *_checked(pack)]


def _checked(pack: Path) -> list[Measure]:
    command = [sys.executable, "-I", "-S", "-c", _CHECK, str(_SCRIPT), str(pack)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    exit_code, seconds, megabytes = json.loads(said.splitlines()[-1])
    if exit_code:
        sys.stderr.write(said)
    return [
        Measure("export.check_exit_code", exit_code, "count"),
        Measure("export.check_seconds", seconds, "s"),
        Measure("export.check_peak_mb", megabytes, "MB"),
    ]

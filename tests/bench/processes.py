"""Processes that a bench runs: `manage.py` against a double, with nothing of the caller's own estate."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_GIVEN = ("AWS_", "SESGOV_", "DATABASE_URL", "REDIS_URL")


def without_ambient(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would lead to a real estate, database or broker."""
    return {name: value for name, value in variables.items() if not name.startswith(_GIVEN)}


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """What a command prints; exit 3, "not complete", is an answer as well."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.stderr.write(done.stderr)
        done.check_returncode()
    return done.stdout

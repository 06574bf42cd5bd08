"""Lends the embedded services to the process that calls, for as long as it lives."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sesgov.environment import ROOT, Environment
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.locks import Lock, alone, is_held
from sesgov.supervisor.state import StateDir

STOP_PATIENCE_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services listen, without the name or number of a database; None: not embedded."""

    postgres: str | None
    redis: str | None


def needed(environment: Environment) -> list[str]:
    """The services that the environment does not give."""
    given = {"postgres": environment.database_url, "redis": environment.redis_url}
    return [name for name, url in given.items() if url is None]


@contextmanager
def use(state: StateDir, names: list[str], *, embedded: str = "auto", is_temporary: bool = False) -> Iterator[Services]:
    """Find the running services of `state` or start them; they stop after their last user. Raises StartError.

    Temporary services do not wait for the disk, and their state directory is removed with them.
    """
    users = Lock(state.file("users.lock"))
    # Waits while a keeper whose last user has just gone stops its services.
    users.shared(wait=True)
    keeper: subprocess.Popen[str] | None = None
    try:
        with alone(state.file("start.lock")):
            if is_held(state.file("keeper.lock")):
                services = _running(state, names)
            else:
                keeper = _spawn(state, names, embedded=embedded, is_temporary=is_temporary)
                services = _first_word(keeper, state)
        yield services
    finally:
        users.release()
        _wait_for_stop(state, users)
        if keeper:
            keeper.poll()
        users.close()


def _running(state: StateDir, names: list[str]) -> Services:
    services = Services(**json.loads(state.file("services.json").read_text()))
    missing = [name for name in names if getattr(services, name) is None]
    if missing:
        raise StartError(
            f"what runs in {state.path} was started without its own {' and '.join(missing)}: "
            "give DATABASE_URL and REDIS_URL here as you gave them there"
        )
    return services


def _spawn(state: StateDir, names: list[str], *, embedded: str, is_temporary: bool) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sesgov.supervisor.keeper", str(state.path), *names, f"--embedded={embedded}"]
    if is_temporary:
        command.append("--temporary")
    with state.log("keeper").open("w") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )


def _environ() -> dict[str, str]:
    """Ours without the credentials that a database has no use for, and without another PostgreSQL's defaults."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PG"))}


def _first_word(keeper: subprocess.Popen[str], state: StateDir) -> Services:
    assert keeper.stdout is not None  # noqa: S101  # a pipe was asked for
    with keeper.stdout as pipe:
        line = pipe.readline()
    if not line:
        raise StartError(f"the embedded services did not start, see {state.log('keeper')}")
    word = json.loads(line)
    if "error" in word:
        raise StartError(word["error"])
    return Services(**word)


def _wait_for_stop(state: StateDir, users: Lock) -> None:
    """Return when the services have stopped, or at once when somebody else still uses them."""
    deadline = time.monotonic() + STOP_PATIENCE_SECONDS
    while time.monotonic() < deadline and is_held(state.file("keeper.lock")):
        if users.exclusive(wait=False):
            users.release()  # nobody is left: the keeper is about to notice
        elif users.shared(wait=False):
            users.release()
            return
        time.sleep(0.02)

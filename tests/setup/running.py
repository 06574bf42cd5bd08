"""Drives the real `./run` and manage.py from outside, as a person at a terminal does."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sesgov.environment import ROOT

PATIENCE = 120.0
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


def environ(state: Path, **more: str) -> dict[str, str]:
    """This machine's variables without those that the test session has set for itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if (name not in OURS and not name.startswith(("AWS_", "SESGOV_"))) or name == "SESGOV_EMBEDDED"
    }
    return kept | {"SESGOV_STATE_DIR": str(state)} | more


@contextmanager
def state_dir(mode: int = 0o711) -> Iterator[Path]:
    """A state directory that every account may pass through; pytest's own folders let only their owner in."""
    path = Path("/tmp") / f"sesgov-setup-{os.getpid()}-{time.monotonic_ns()}"
    path.mkdir(mode=mode)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> set[int]:
    """The process and everything that it has started, directly or not."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listing.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie that waits for its parent does not."""
    listing = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(pid) for pid, state in (line.split() for line in listing.splitlines()) if not state.startswith("Z")}
    return pids & running


def wait_until_gone(pids: set[int], seconds: float = 15.0) -> set[int]:
    """What is left of them after at most that long."""
    deadline = time.monotonic() + seconds
    while (left := alive(pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def running(pids: set[int], *words: str) -> set[int]:
    """Those whose command line has all the words."""
    listing = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    commands = {int(line.split()[0]): line.split() for line in listing.splitlines()}
    return {pid for pid in pids & commands.keys() if all(word in commands[pid] for word in words)}


class Run:
    """One `./run`."""

    def __init__(self, state: Path, *options: str, port: int | None = None, **more: str) -> None:
        self.port = port or free_port()
        self.output = state.parent / f"{state.name}-{self.port}.output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [ROOT / "run", "--port", str(self.port), *options],
                env=environ(state, **more),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while "ready: " not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def processes(self) -> set[int]:
        return descendants(self.process.pid)

    def end(self, number: signal.Signals) -> set[int]:
        """Send the signal; answers the processes that outlive it."""
        pids = self.processes()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return wait_until_gone(pids)

    def clean(self) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()
        self.process.wait(timeout=30)
        self.output.unlink(missing_ok=True)


@contextmanager
def run(state: Path, *options: str, port: int | None = None, **more: str) -> Iterator[Run]:
    running = Run(state, *options, port=port, **more)
    try:
        yield running
    finally:
        running.clean()


def manage(state: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with its output."""
    return subprocess.run(
        [ROOT / ".venv" / "bin" / "python", ROOT / "manage.py", *arguments],
        env=environ(state, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

"""Child processes: each in a session of its own, ended with the process that started it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sesgov.supervisor.accounts import Account

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 10_000_000

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    environ: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    stdin: str | None = None,
) -> Process:
    """Start `command` in a new session, so that Ctrl-C does not reach it.

    On Linux the kernel sends it `death_signal` when this process dies; that works only from the main thread.
    """
    _shorten(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environ,
            cwd=account.home if account else None,
            start_new_session=True,
            preexec_fn=_follow_parent(death_signal),  # noqa: PLW1509  # runs before any thread of ours exists
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if stdin is not None and process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(stdin.encode())
    return process


def _follow_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return follow


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.write_bytes(b"")


def last_line(log: Path) -> str:
    """The last line that says something, for a message of one line."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def stop(processes: Sequence[Process], *, first: signal.Signals = signal.SIGTERM, patience: float = 5.0) -> None:
    """Ask each to end, wait together for `patience` seconds, then end whatever is left of their sessions."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(first)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(process.poll() is None for process in processes):
        time.sleep(0.02)
    for process in processes:
        kill_group(process.pid)
        process.wait()


def kill_group(group: int) -> None:
    """End every process of a session that `start` opened; none left is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_leftover(pid_file: Path, marker: str, patience: float = 10.0) -> None:
    """Stop the process that an earlier keeper left behind, when its command line still holds `marker`."""
    with suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().split()[0])
        deadline = time.monotonic() + patience
        signal_number = signal.SIGINT
        while marker in _command_line(pid):
            if time.monotonic() > deadline:
                signal_number = signal.SIGKILL
            os.kill(pid, signal_number)
            time.sleep(0.1)


def _command_line(pid: int) -> str:
    listing = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S607
    return listing.stdout.decode(errors="replace")

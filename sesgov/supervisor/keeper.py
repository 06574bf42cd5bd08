"""The keeper: a process that owns the embedded services and ends with their last user.

Whoever uses the services holds `users.lock` shared. The kernel drops that lock with the process, so the keeper learns
of a `kill -9` as surely as of a proper end. It also ends what a killed `./run` left behind (`children.json`).
It prints one line of JSON when it is ready: {"postgres": url | null, "redis": url | null}, or {"error": text}.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

from sesgov.supervisor import children, postgres, redis_server
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.locks import Lock
from sesgov.supervisor.state import StateDir, write_private

LOOK_EVERY_SECONDS = 0.1
ATTEMPTS = 3
MOST_RESTARTS = 5
SOON_SECONDS = 30.0


class Keeper:
    """The services of one state directory."""

    def __init__(self, state: StateDir) -> None:
        self.state = state
        self.postgres: postgres.Server | None = None
        self.redis: redis_server.Server | None = None
        self.is_hasty = False

    def start(self, services: list[str], *, embedded: str, is_temporary: bool) -> None:
        """Start the named services; raises StartError."""
        if "redis" in services:
            self.redis = redis_server.start(self.state, port=_free_port(), embedded=embedded)
        if "postgres" in services:
            self.postgres = postgres.start(self.state, port=_free_port(), embedded=embedded, is_temporary=is_temporary)

    def stop(self) -> None:
        """Stop the services; the database last, and cleanly unless in haste: then it recovers at its next start."""
        if self.redis:
            children.stop([self.redis.process])
        if self.postgres:
            first = signal.SIGQUIT if self.is_hasty else signal.SIGINT
            children.stop([self.postgres.process], first=first, patience=20)
        self.redis = self.postgres = None

    def end_children_of_killed_run(self) -> None:
        """A `./run` that is gone without having ended its children was killed; its user expects no long goodbye."""
        listing = self.state.file("children.json")
        if not listing.exists():
            return
        lock = Lock(self.state.file("run.lock"))
        if lock.exclusive(wait=False):
            for group in json.loads(listing.read_text()):
                children.kill_group(group)
            listing.unlink()
            self.is_hasty = True
        lock.close()

    def has_lost_one(self) -> bool:
        """Whether a service ended by itself."""
        return any(server.process.poll() is not None for server in (self.postgres, self.redis) if server)

    def revive(self, *, embedded: str, is_temporary: bool) -> None:
        """Start again what ended, where its users look for it and with the password they know; raises StartError."""
        if self.redis and self.redis.process.poll() is not None:
            was = urlsplit(self.redis.url)
            self.redis = redis_server.start(self.state, port=was.port or 0, embedded=embedded, password=was.password)
        if self.postgres and self.postgres.process.poll() is not None:
            port = urlsplit(self.postgres.url).port or 0
            self.postgres = postgres.start(self.state, port=port, embedded=embedded, is_temporary=is_temporary)

    def addresses(self) -> dict[str, str | None]:
        """What users need to know."""
        return {
            "postgres": self.postgres.url if self.postgres else None,
            "redis": self.redis.url if self.redis else None,
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _keep(keeper: Keeper, options: argparse.Namespace) -> int:
    """Wait for the end of the last user; answers the exit code."""
    users, lost = Lock(keeper.state.file("users.lock")), deque[float](maxlen=MOST_RESTARTS)
    while not users.exclusive(wait=False):
        if keeper.has_lost_one():
            if len(lost) == MOST_RESTARTS and time.monotonic() - lost[0] < SOON_SECONDS:
                return 1
            lost.append(time.monotonic())
            _revive(keeper, options)
        keeper.end_children_of_killed_run()
        time.sleep(LOOK_EVERY_SECONDS)
    keeper.end_children_of_killed_run()
    return 0


def _revive(keeper: Keeper, options: argparse.Namespace) -> None:
    sys.stderr.write("an embedded service ended by itself, starting it again\n")
    sys.stderr.flush()
    try:
        keeper.revive(embedded=options.embedded, is_temporary=options.temporary)
    except StartError as error:
        # The processes of a killed server may need a moment to notice.
        sys.stderr.write(f"{error}\n")
        time.sleep(1)


def _start(keeper: Keeper, options: argparse.Namespace) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            keeper.start(options.services, embedded=options.embedded, is_temporary=options.temporary)
        except StartError as error:
            keeper.stop()
            # Another process can take the free port in between.
            if attempt == ATTEMPTS or "in use" not in str(error).lower():
                raise
        else:
            return


def _say(message: dict[str, str | None]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
    # The reader is not kept waiting, and nobody's pipe is held open.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("state", type=Path)
    parser.add_argument("services", nargs="*")
    parser.add_argument("--embedded", default="auto")
    parser.add_argument("--temporary", action="store_true", help="no fsync, and the state directory goes at the end")
    return parser.parse_args()


def main() -> int:
    """Start, tell, keep, stop."""
    options = _options()
    state = StateDir.open(options.state)
    alive = Lock(state.file("keeper.lock"))
    alive.exclusive(wait=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper, listing = Keeper(state), state.file("services.json")
    try:
        _start(keeper, options)
        write_private(listing, json.dumps(keeper.addresses()))
        _say(keeper.addresses())
        return _keep(keeper, options)
    except (StartError, OSError, subprocess.SubprocessError) as error:
        _say({"error": f"the embedded services cannot be started: {error}"})
        return 1
    finally:
        listing.unlink(missing_ok=True)
        keeper.stop()
        if options.temporary:
            shutil.rmtree(state.path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

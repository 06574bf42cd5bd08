"""The processes of a running sesgov, and the watch over them."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sesgov.supervisor import children
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir, write_private

SOON_SECONDS = 30.0
MOST_RESTARTS = 3


@dataclass(slots=True)
class Watched:
    """One process that is started again when it ends by itself, unless it has done its work and ``then`` follows."""

    name: str
    arguments: Sequence[str]
    process: children.Process
    then: Callable[[], None] | None = None
    restarts: list[float] = field(default_factory=list)


class Processes:
    """Python processes of ours, by name. What they say goes to a log file each."""

    def __init__(self, state: StateDir) -> None:
        self._state = state
        self._watched: list[Watched] = []

    def start(self, name: str, *arguments: str, then: Callable[[], None] | None = None) -> None:
        """Start `python ARGUMENTS` with the environment of this process; ``then`` is called once it has succeeded."""
        self._state.log(name).write_bytes(b"")
        self._watched.append(Watched(name, arguments, self._spawn(name, arguments), then))
        self._note()

    def watch(self) -> None:
        """Start again what has ended, or go on where it was to end; raises StartError for one that ends too often."""
        for watched in list(self._watched):
            if watched.process.poll() is None:
                continue
            if watched.then is not None and watched.process.returncode == 0:
                self._watched.remove(watched)
                watched.then()
                self._note()
            else:
                self._restart(watched)

    def stop(self) -> None:
        """Ask all to end, then make them."""
        children.stop([watched.process for watched in reversed(self._watched)])
        self._watched.clear()
        self._state.file("children.json").unlink(missing_ok=True)

    def _restart(self, watched: Watched) -> None:
        # Whatever it had started itself is of no use without it.
        children.kill_group(watched.process.pid)
        now = time.monotonic()
        watched.restarts = [at for at in watched.restarts if now - at < SOON_SECONDS] + [now]
        log = self._state.log(watched.name)
        if len(watched.restarts) > MOST_RESTARTS:
            raise StartError(f"{watched.name} ends again and again, see {log}: {children.last_line(log)}")
        sys.stderr.write(f"{watched.name} ended (exit code {watched.process.returncode}), starting it again\n")
        watched.process = self._spawn(watched.name, watched.arguments)
        self._note()

    def _spawn(self, name: str, arguments: Sequence[str]) -> children.Process:
        return children.start([sys.executable, *arguments], log=self._state.log(name))

    def _note(self) -> None:
        """Tell the keeper whom to end, should we be killed."""
        groups = [watched.process.pid for watched in self._watched]
        write_private(self._state.file("children.json"), json.dumps(groups))

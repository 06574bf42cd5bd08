"""The state directory: where the embedded services keep their data, and what running processes tell each other.

secret-key  postgres-password  migrated.json     kept
postgres/  redis/  demo/                         kept: the data
services.json  children.json                     only while something runs
users.lock  keeper.lock  start.lock  run.lock    held, never read
log/                                             of the last start
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sesgov.supervisor.errors import StartError


@dataclass(frozen=True, slots=True)
class StateDir:
    """An existing state directory that we may write."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> "StateDir":
        """Make the directory if it is not there; raises StartError when it cannot be written."""
        try:
            if not path.is_dir():
                # Root's services run as another user, who must be able to pass through.
                path.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700)
            (path / "log").mkdir(mode=0o700, exist_ok=True)
            probe = path / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StartError(
                f"the state directory {path} cannot be written ({error.strerror}): set SESGOV_STATE_DIR"
            ) from None
        return cls(path)

    def file(self, name: str) -> Path:
        """The path of a file or folder of the state directory."""
        return self.path / name

    def log(self, name: str) -> Path:
        """The log file of a child."""
        return self.path / "log" / f"{name}.log"

    def secret(self, name: str, size: int = 48) -> str:
        """The secret of that name, made on first use and kept in a file that only we can read."""
        path = self.file(name)
        if not path.exists():
            write_private(path, secrets.token_urlsafe(size))
        return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    beside.replace(path)

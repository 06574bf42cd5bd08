"""File locks: they end with the process that holds them, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One open lock file; `shared` and `exclusive` answer whether the lock was got."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)

    def _take(self, operation: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(self._handle, operation if wait else operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def exclusive(self, *, wait: bool) -> bool:
        """Take it alone; without `wait`, False when anybody else holds it."""
        return self._take(fcntl.LOCK_EX, wait=wait)

    def shared(self, *, wait: bool) -> bool:
        """Take it beside other sharers; without `wait`, False when somebody holds it alone."""
        return self._take(fcntl.LOCK_SH, wait=wait)

    def release(self) -> None:
        """Let go; the file stays open and can be locked again."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go for good."""
        os.close(self._handle)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for the lock at `path` and hold it alone for the body."""
    lock = Lock(path)
    try:
        lock.exclusive(wait=True)
        yield
    finally:
        lock.close()


def is_held(path: Path) -> bool:
    """Whether some process holds the lock at `path` alone; a file that is not there is held by nobody."""
    try:
        lock = Lock(path, create=False)
    except FileNotFoundError:
        return False
    try:
        return not lock.shared(wait=False)
    finally:
        lock.close()

"""A file that keeps what callers changed in a world, from one start of the double to the next."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

from sesgov.demo.aws_double.state import State


class Memory:
    """Without a file nothing is kept. What was kept of another world is forgotten."""

    def __init__(self, path: Path | None, world: dict[str, Any]) -> None:
        self._path = path
        self._world = world
        self._mark = hashlib.sha256(json.dumps(world, sort_keys=True).encode()).hexdigest()
        self._lock = threading.Lock()

    def recall(self) -> dict[str, Any]:
        """The world to load: as it was left, or as it was given."""
        if self._path is None or not self._path.exists():
            return self._world
        kept = json.loads(self._path.read_text(encoding="utf-8"))
        left: dict[str, Any] = kept["world"] if kept["mark"] == self._mark else self._world
        return left

    def keep(self, state: State) -> None:
        if self._path is None:
            return
        with self._lock:
            text = json.dumps({"mark": self._mark, "world": state.export()})
            temporary = self._path.with_suffix(".new")
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(self._path)

"""The log of calls: what arrived, when, and how it was answered."""

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sesgov.demo.aws_double.call import Call

KEPT = 200_000


@dataclass(slots=True)
class Entry:
    number: int
    at: float
    """Arrival, seconds since the epoch."""
    service: str
    action: str
    account: str
    region: str
    subject: str
    status: int = 0
    code: str = ""
    """The error's code; empty when the call succeeded."""
    throttled: bool = False
    seconds: float = 0.0
    """From arrival to answer."""
    access_key: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


class CallLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._number = 0

    def begin(self, call: Call, at: float) -> Entry:
        with self._lock:
            self._number += 1
            names = (call.service, call.action, call.account, call.region, call.subject)
            entry = Entry(self._number, at, *names, access_key=call.access_key)
            self._entries.append(entry)
            return entry

    def read(self, **wanted: str) -> list[dict[str, Any]]:
        """Entries whose fields equal what is wanted, oldest first."""
        with self._lock:
            entries = list(self._entries)
        return [asdict(e) for e in entries if all(str(getattr(e, name)) == value for name, value in wanted.items())]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

"""Faults on demand.

A fault has a kind, a target (``account``, ``region``, ``action``, ``identity``; ``*`` matches, shell patterns too),
and a bound: it ends after ``seconds`` or after it struck ``times`` times. It lets the first ``after`` calls pass.

kind               what happens
pace               429 to calls that arrive sooner than 1/``limit`` s after the last admitted one of the same account,
                   region and action (a bucket of ``burst`` tokens, refilled from the arrival of the call)
throttle           429 to everything that matches
deny               AccessDenied
disabled_region    the token is not known in the region
expired_token      credentials issued before the fault are expired; newer ones work
not_found          the identity is listed, but GetEmailIdentity does not find it
error              ``code`` with HTTP ``status`` (InternalFailure, 500)
latency            the answer takes ``milliseconds`` longer
reset              the connection is reset instead of an answer
empty_page         each page of a list is preceded by an empty page that carries a token
page_size          no page holds more than ``limit`` items
"""

import fnmatch
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sesgov.demo.aws_double.call import Call

KINDS = (
    "pace",
    "throttle",
    "deny",
    "disabled_region",
    "expired_token",
    "not_found",
    "error",
    "latency",
    "reset",
    "empty_page",
    "page_size",
)


class FaultError(ValueError):
    """A fault that cannot be installed; the message says why."""


@dataclass(slots=True)
class Fault:
    kind: str
    account: str = "*"
    region: str = "*"
    action: str = "*"
    identity: str = "*"
    seconds: float | None = None
    times: int | None = None
    after: int = 0
    limit: float = 1.0
    burst: int = 1
    milliseconds: float = 0.0
    code: str = "InternalFailure"
    status: int = 500
    number: int = 0
    since: float = field(default_factory=time.time)
    struck: int = 0
    passed: int = 0

    def concerns(self, call: Call) -> bool:
        pairs = (
            (call.account, self.account),
            (call.region, self.region),
            (call.action, self.action),
            (call.subject, self.identity),
        )
        return all(pattern == "*" or fnmatch.fnmatchcase(value, pattern) for value, pattern in pairs)

    def is_over(self, now: float) -> bool:
        expired = self.seconds is not None and now >= self.since + self.seconds
        return expired or (self.times is not None and self.struck >= self.times)


class Bucket:
    """A token bucket; time is given, not asked for."""

    def __init__(self, limit: float, burst: int, now: float) -> None:
        self.limit, self.burst = limit, burst
        self.tokens, self.filled_at = float(burst), now

    def admits(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.filled_at) * self.limit)
        self.filled_at = max(now, self.filled_at)
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class FaultTable:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []
        self._buckets: dict[tuple[int, str, str, str], Bucket] = {}

    def add(self, wish: dict[str, Any]) -> Fault:
        known = {f.name for f in fields(Fault)} - {"number", "since", "struck", "passed"}
        if unknown := sorted(set(wish) - known):
            raise FaultError(f"a fault has no field {', '.join(unknown)}")
        if wish.get("kind") not in KINDS:
            raise FaultError(f"kind must be one of: {', '.join(KINDS)}")
        with self._lock:
            fault = Fault(**wish, number=next(self._numbers))
            self._faults.append(fault)
        return fault

    def remove(self, number: int) -> None:
        with self._lock:
            self._faults = [fault for fault in self._faults if fault.number != number]

    def clear(self) -> None:
        with self._lock:
            self._faults, self._buckets = [], {}

    def read(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, call: Call, *kinds: str) -> Fault | None:
        """The first live fault of these kinds that concerns the call; it counts as having struck."""
        return next(self._striking(call, kinds, time.time()), None) if self._faults else None

    def latency(self, call: Call) -> float:
        """Seconds to add to the answer."""
        struck = list(self._striking(call, ("latency",), time.time())) if self._faults else []
        return sum(fault.milliseconds for fault in struck) / 1000

    def refuses_pace(self, call: Call, arrived_at: float) -> bool:
        refused = False
        for fault in self._striking(call, ("pace",), arrived_at) if self._faults else ():
            key = (fault.number, call.account, call.region, call.action)
            with self._lock:
                bucket = self._buckets.setdefault(key, Bucket(fault.limit, fault.burst, arrived_at))
                refused = not bucket.admits(arrived_at) or refused
        return refused

    def _striking(self, call: Call, kinds: tuple[str, ...], now: float) -> Iterator[Fault]:
        for fault in list(self._faults):
            with self._lock:
                if fault.kind not in kinds or fault.is_over(now) or not fault.concerns(call):
                    continue
                if fault.passed < fault.after:
                    fault.passed += 1
                    continue
                fault.struck += 1
            yield fault

"""Pace: how often one action may be called in one account and region, over all processes."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from redis import Redis

# Longer than any call can take: the SDK's timeouts together stay below 60 s.
LONGEST_CALL_MS = 70_000
IN_FLIGHT_WITHOUT_PACE = 8
_POLL_SECONDS = 0.25

# Only the holder of the slot may change it: it could have expired and be somebody else's by now.
_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('DEL', KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to make one call now; hand it back with :meth:`Pacer.completed`."""

    key: str
    token: str


class Pacer(Protocol):
    """Grants permits."""

    @property
    def interval(self) -> float:
        """Seconds from the completion of one call to the next; 0 without a pace."""

    @property
    def in_flight(self) -> int:
        """How many calls of one action may be under way at once in one account and region."""

    def permit(self, account_id: str, region: str, action: str) -> Permit | float:
        """A permit, or the seconds after which asking again makes sense."""

    def completed(self, permit: Permit) -> None:
        """Say that the call is over; the interval counts from now."""


class RedisPacer:
    """``rate`` is in calls per second; with 0 there is no pace, only at most eight calls in flight.

    The interval runs from the completion of a call: counted from its start, calls bunch up at the far end.
    """

    def __init__(self, redis: "Redis", rate: float, *, prefix: str = "sesgov:pace") -> None:
        self._redis = redis
        self._interval_ms = round(1000 / rate) if rate else 0
        self._prefix = prefix
        self._release = redis.register_script(_RELEASE)

    @property
    def interval(self) -> float:
        return self._interval_ms / 1000

    @property
    def in_flight(self) -> int:
        return 1 if self._interval_ms else IN_FLIGHT_WITHOUT_PACE

    def permit(self, account_id: str, region: str, action: str) -> Permit | float:
        token = secrets.token_hex(8)
        for slot in range(self.in_flight):
            key = f"{self._prefix}:{account_id}:{region}:{action}:{slot}"
            if self._redis.set(key, token, nx=True, px=LONGEST_CALL_MS):
                return Permit(key, token)
        return self._wait(key)

    def _wait(self, key: str) -> float:
        remaining = float(self._redis.pttl(key))
        return min(max(remaining, 1.0) / 1000, max(self.interval, _POLL_SECONDS))

    def completed(self, permit: Permit) -> None:
        self._release(keys=[permit.key], args=[permit.token, self._interval_ms])

"""Heartbeats: when a worker last took up anything. Kept beside the queue, since whoever lost that has no workers."""

from datetime import datetime

from django.core.cache import cache

_KEY = "worker-heartbeat"
_KEPT_SECONDS = 7 * 24 * 60 * 60


def beat(*, at: datetime) -> None:
    """Say that a worker works; the tick does, and each slice."""
    cache.set(_KEY, at.timestamp(), _KEPT_SECONDS)


def last_beat() -> float | None:
    """The time stamp of the last sign of life in seconds, ``None`` where there was none for a week."""
    seconds = cache.get(_KEY)
    return None if seconds is None else float(seconds)

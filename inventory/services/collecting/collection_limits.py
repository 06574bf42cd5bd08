"""Limits of a collection: how long, how many at once, how patiently."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class CollectionLimits:
    """``lease`` outlasts a slice and the longest call. Pauses double with each refusal, from first to longest.

    A scope is given up after ``failures_in_a_row`` answers that never came, or ``throttled_for`` of nothing but
    throttling; one identity after ``attempts_per_identity``.
    """

    lease: timedelta = timedelta(seconds=120)
    slice: timedelta = timedelta(seconds=30)
    run: timedelta = timedelta(hours=12)
    scopes_per_slice: int = 64
    threads: int = 16
    first_pause: float = 1.0
    longest_pause: float = 30.0
    failures_in_a_row: int = 6
    attempts_per_identity: int = 5
    throttled_for: timedelta = timedelta(minutes=30)


def collection_limits() -> CollectionLimits:
    """The limits in force; a slice never takes more than a quarter of the lease."""
    lease = timedelta(seconds=settings.SESGOV_LEASE_SECONDS)
    return CollectionLimits(lease=lease, slice=lease / 4)

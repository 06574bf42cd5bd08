"""Setbacks: what to do after a call that brought no answer. Pure; nothing is read or written here."""

from dataclasses import dataclass
from enum import StrEnum

from inventory.aws.faults import Fault, FaultKind
from inventory.aws.identities import GET_EMAIL_IDENTITY
from inventory.aws.listings import LIST_EMAIL_IDENTITIES
from inventory.models import Outcome
from inventory.services.collecting.collection_limits import CollectionLimits


class Step(StrEnum):
    """Try again later, leave this identity out, list the older way, list from the start, or give the scope up."""

    RETRY = "retry"
    SKIP = "skip"
    OLDER_LISTING = "older_listing"
    RELIST = "relist"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a scope has fared: ``failures`` and ``throttled_seconds`` since its last answer, throttling counted apart.

    ``attempts`` are those made at this identity, ``identities_read`` those read in the run. ``is_access`` says that
    the account could not be entered at all.
    """

    failures: int
    throttled_seconds: float = 0.0
    attempts: int = 0
    identities_read: int = 0
    has_token: bool = False
    is_access: bool = False


_PASSING = frozenset({FaultKind.UNAVAILABLE, FaultKind.MALFORMED, FaultKind.EXPIRED})


def next_step(fault: Fault, action: str, trouble: Trouble, limits: CollectionLimits) -> Step:
    """The step after a fault; a scope is never given up for throttling alone before ``throttled_for`` has passed."""
    if fault.kind is FaultKind.THROTTLED:
        is_over = trouble.throttled_seconds >= limits.throttled_for.total_seconds()
        return Step.STOP if is_over else Step.RETRY
    if trouble.is_access:
        return Step.RETRY if fault.kind in _PASSING and trouble.failures < limits.failures_in_a_row else Step.STOP
    if action == GET_EMAIL_IDENTITY:
        return _after_reading(fault, trouble, limits)
    return _after_listing(fault, action, trouble, limits)


def _after_listing(fault: Fault, action: str, trouble: Trouble, limits: CollectionLimits) -> Step:
    if fault.kind is FaultKind.DENIED and action == LIST_EMAIL_IDENTITIES:
        return Step.OLDER_LISTING
    if trouble.failures >= limits.failures_in_a_row:
        return Step.STOP
    if fault.kind is FaultKind.FAILED and trouble.has_token:
        return Step.RELIST
    return Step.RETRY if fault.kind in _PASSING else Step.STOP


def _after_reading(fault: Fault, trouble: Trouble, limits: CollectionLimits) -> Step:
    is_single = fault.kind is FaultKind.DENIED and trouble.identities_read > 0
    if trouble.failures >= limits.failures_in_a_row and not is_single:
        return Step.STOP
    if fault.kind in _PASSING or fault.kind is FaultKind.UNRECOGNIZED:
        return Step.RETRY if trouble.attempts < limits.attempts_per_identity else Step.SKIP
    return Step.SKIP


def pause_after(refusals: int, limits: CollectionLimits) -> float:
    """Seconds to wait after so many refusals in a row."""
    return float(min(limits.longest_pause, limits.first_pause * 2.0 ** min(max(refusals - 1, 0), 20)))


def outcome_of(fault_kind: FaultKind, identities_read: int) -> Outcome:
    """What a scope that was given up comes to."""
    if identities_read:
        return Outcome.PARTIAL
    return _OUTCOMES.get(fault_kind, Outcome.FAILED)


_OUTCOMES = {
    FaultKind.DENIED: Outcome.DENIED,
    FaultKind.UNRECOGNIZED: Outcome.DENIED,
    FaultKind.EXPIRED: Outcome.DENIED,
    FaultKind.THROTTLED: Outcome.UNAVAILABLE,
    FaultKind.UNAVAILABLE: Outcome.UNAVAILABLE,
}

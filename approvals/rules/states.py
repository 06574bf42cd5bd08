"""The states of requests, lines and grants, and which one may follow which."""

from collections.abc import Mapping
from enum import StrEnum


class RequestState(StrEnum):
    """A request as a whole; ``draft`` and ``changes_requested`` are its requester's, ``pending`` the approvers'."""

    DRAFT = "draft"
    PENDING = "pending"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not _REQUEST[self]


class LineState(StrEnum):
    """One identity of a request."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class Decision(StrEnum):
    """What people have said of a grant. Whether it is active or has expired follows from the calendar.

    ``break_glass`` is in force like ``approved``: security on call granted it alone, and two people have yet to agree.
    """

    APPROVED = "approved"
    BREAK_GLASS = "break_glass"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"


class Standing(StrEnum):
    """What a grant is worth on a day: people's decision and the calendar together."""

    AHEAD = "approved"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"

    @property
    def is_over(self) -> bool:
        """Whether the access must be gone by now, for good."""
        return self in (Standing.EXPIRED, Standing.REVOKED, Standing.SUPERSEDED)


class Observation(StrEnum):
    """What the collector saw of a grant's access."""

    NOT_OBSERVED = "not_observed"
    MATCH = "match"
    WIDER = "wider"
    STILL_PRESENT = "still_present"
    REMOVED = "removed"
    UNKNOWN = "unknown"


_REQUEST: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.DRAFT: frozenset({RequestState.PENDING, RequestState.WITHDRAWN}),
    RequestState.PENDING: frozenset(
        {
            RequestState.APPROVED,
            RequestState.REJECTED,
            RequestState.CHANGES_REQUESTED,
            RequestState.WITHDRAWN,
            RequestState.LAPSED,
        }
    ),
    RequestState.CHANGES_REQUESTED: frozenset({RequestState.PENDING, RequestState.WITHDRAWN, RequestState.LAPSED}),
    RequestState.APPROVED: frozenset(),
    RequestState.REJECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.LAPSED: frozenset(),
}
_DECISION: Mapping[Decision, frozenset[Decision]] = {
    Decision.APPROVED: frozenset({Decision.REVOKED, Decision.SUPERSEDED, Decision.SUSPENDED}),
    Decision.BREAK_GLASS: frozenset({Decision.APPROVED, Decision.REVOKED, Decision.SUPERSEDED, Decision.SUSPENDED}),
    Decision.SUSPENDED: frozenset({Decision.APPROVED, Decision.BREAK_GLASS, Decision.REVOKED, Decision.SUPERSEDED}),
    Decision.REVOKED: frozenset(),
    # One that is followed is in force until its successor begins, and can be stopped until then.
    Decision.SUPERSEDED: frozenset({Decision.REVOKED, Decision.SUSPENDED}),
}


def may_follow(now: RequestState, then: RequestState) -> bool:
    """Whether a request may go from one state to the other."""
    return then in _REQUEST[now]


def may_become(now: Decision, then: Decision) -> bool:
    """Whether the decision on a grant may change so."""
    return then in _DECISION[now]


def may_be_followed(now: Decision) -> bool:
    """Whether another grant may take its place; one at a time does."""
    return now in (Decision.APPROVED, Decision.BREAK_GLASS)

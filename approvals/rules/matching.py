"""Matching: what AWS allows beside what was approved, one part of a delegation at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from approvals.rules.states import Observation, Standing
from inventory.policy.delegations import Delegation
from inventory.policy.grants.coverage import Axis, Match, Reason, Wider, covers, parts_of
from inventory.policy.grants.terms import GrantTerms


class Agreement(StrEnum):
    """How a live part of a delegation stands to the grants of its identity."""

    APPROVED = "approved"
    WIDER = "wider"
    ENDED = "ended"
    UNAPPROVED = "unapproved"


@dataclass(frozen=True, slots=True)
class Terms:
    """A grant as matching takes it; ``ended_at`` is the first instant at which its access must not be, if it came."""

    grant_id: int
    terms: GrantTerms
    standing: Standing
    ended_at: datetime | None = None

    @property
    def ought_to_be_gone(self) -> bool:
        """Whether nobody may use its access at this time."""
        return self.standing.is_over or self.standing is Standing.SUSPENDED


@dataclass(frozen=True, slots=True)
class Pairing:
    """One part of a delegation with the grant that speaks of it, if any.

    ``reasons`` say in what a ``wider`` part exceeds the grant; on an approved one they are of time alone: AWS does not
    end the access by itself when the grant does. ``also`` are further grants for the same party, in force or over,
    whose access the part admits as well: what one of them allows still stands in AWS while the part does.
    """

    part: Delegation
    agreement: Agreement
    grant_id: int | None = None
    reasons: tuple[Reason, ...] = ()
    also: tuple[int, ...] = ()


def pair(delegations: Iterable[Delegation], grants: Sequence[Terms], *, at: datetime) -> list[Pairing]:
    """Each part of each delegation to somebody outside, with the grant that comes closest to covering it.

    A grant in force goes before one that is over, and of those in force the one that is exceeded least. A part that
    no grant in force speaks of, and one that is over does, is what ought to have been removed.
    """
    parts = [part for each in delegations if each.is_outside for part in parts_of(each)]
    return [_paired(part, grants, at) for part in parts]


def _paired(part: Delegation, grants: Sequence[Terms], at: datetime) -> Pairing:
    about = [(grant, found) for grant in grants if not _is_another(found := covers(grant.terms, part, at=at))]
    about.sort(key=lambda each: _distance(*each))
    for grant, found in about:
        agreement = _agreement(grant, found)
        if agreement is not None:
            also = tuple(other.grant_id for other, _ in about if other is not grant and _may_be_used_by(other))
            reasons = found.reasons if isinstance(found, Wider) and agreement is not Agreement.ENDED else ()
            return Pairing(part, agreement, grant.grant_id, reasons, also)
    return Pairing(part, Agreement.UNAPPROVED)


def _distance(grant: Terms, found: Match | Wider) -> tuple[bool, bool, int, int]:
    """In force before over; covered, but for the time, before exceeded; then by the number of differences."""
    reasons = found.reasons if isinstance(found, Wider) else ()
    is_exceeded = isinstance(found, Wider) and not found.is_only_in_time
    return (grant.standing is not Standing.ACTIVE, is_exceeded, len(reasons), grant.grant_id)


def _agreement(grant: Terms, found: Match | Wider) -> Agreement | None:
    if grant.standing is Standing.ACTIVE:
        is_covered = isinstance(found, Match) or found.is_only_in_time
        return Agreement.APPROVED if is_covered else Agreement.WIDER
    return Agreement.ENDED if grant.ought_to_be_gone else None


def _may_be_used_by(grant: Terms) -> bool:
    return grant.standing is Standing.ACTIVE or grant.ought_to_be_gone


def _is_another(found: Match | Wider) -> bool:
    """Whether the grant is for somebody else."""
    return isinstance(found, Wider) and any(reason.axis is Axis.WHO for reason in found.reasons)


def observation(
    grant: Terms, pairings: Iterable[Pairing], before: Observation, *, was_live: bool, is_read: bool
) -> Observation:
    """What stored policies, which somebody could read to the end, say of one grant.

    ``was_live``: a reading has shown its access before. ``is_read``: one came after its end. Access that was never seen
    and is not there stays ``not_observed``. What was there is ``removed`` once a reading after the end lacks it, and
    stays as it was until then. While another grant lets the same party in, what the two share is a ``match``.
    """
    seen = {each.agreement for each in pairings if each.grant_id == grant.grant_id or grant.grant_id in each.also}
    if Agreement.ENDED in seen or (grant.ought_to_be_gone and Agreement.WIDER in seen):
        return Observation.STILL_PRESENT
    if Agreement.WIDER in seen:
        return Observation.WIDER
    if Agreement.APPROVED in seen:
        return Observation.MATCH
    if not grant.ought_to_be_gone or not was_live:
        return Observation.NOT_OBSERVED
    return Observation.REMOVED if is_read else before

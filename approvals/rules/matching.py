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
    """A grant as matching takes it."""

    grant_id: int
    terms: GrantTerms
    standing: Standing


@dataclass(frozen=True, slots=True)
class Pairing:
    """One part of a delegation with the grant that speaks of it, if any.

    ``reasons`` say in what a ``wider`` part exceeds the grant; on an approved one they are of time alone: AWS does not
    end the access by itself when the grant does.
    """

    part: Delegation
    agreement: Agreement
    grant_id: int | None = None
    reasons: tuple[Reason, ...] = ()


def pair(delegations: Iterable[Delegation], grants: Sequence[Terms], *, at: datetime) -> list[Pairing]:
    """Each part of each delegation to somebody outside, with the grant that comes closest to covering it.

    A grant in force goes before one that is over, and of those in force the one that is exceeded least. A part that
    no grant in force speaks of, and one that is over does, is what ought to have been removed.
    """
    parts = [part for each in delegations if each.is_outside for part in parts_of(each)]
    return [_paired(part, grants, at) for part in parts]


def _paired(part: Delegation, grants: Sequence[Terms], at: datetime) -> Pairing:
    compared = [(grant, covers(grant.terms, part, at=at)) for grant in grants]
    in_force = [(grant, found) for grant, found in compared if grant.standing is Standing.ACTIVE]
    for grant, found in in_force:
        if isinstance(found, Match):
            return Pairing(part, Agreement.APPROVED, grant.grant_id)
    about = [(grant, found) for grant, found in in_force if isinstance(found, Wider) and not _is_another(found)]
    about.sort(key=lambda each: (not each[1].is_only_in_time, len(each[1].reasons), each[0].grant_id))
    for grant, found in about:
        agreement = Agreement.APPROVED if found.is_only_in_time else Agreement.WIDER
        return Pairing(part, agreement, grant.grant_id, found.reasons)
    for grant, found in compared:
        if _ought_to_be_gone(grant) and (isinstance(found, Match) or not _is_another(found)):
            return Pairing(part, Agreement.ENDED, grant.grant_id)
    return Pairing(part, Agreement.UNAPPROVED)


def _is_another(found: Wider) -> bool:
    """Whether the grant is for somebody else."""
    return any(reason.axis is Axis.WHO for reason in found.reasons)


def _ought_to_be_gone(grant: Terms) -> bool:
    return grant.standing.is_over or grant.standing is Standing.SUSPENDED


def observation(grant: Terms, pairings: Iterable[Pairing], before: Observation) -> Observation:
    """What a complete reading of the identity says of one grant.

    Access that was never seen and is not there stays ``not_observed``; what was there and is gone is ``removed``.
    """
    agreements = {each.agreement for each in pairings if each.grant_id == grant.grant_id}
    if Agreement.ENDED in agreements:
        return Observation.STILL_PRESENT
    if Agreement.WIDER in agreements:
        return Observation.WIDER
    if Agreement.APPROVED in agreements:
        return Observation.MATCH
    is_gone = _ought_to_be_gone(grant) and before is not Observation.NOT_OBSERVED
    return Observation.REMOVED if is_gone else Observation.NOT_OBSERVED

"""The words that pages say for what was decided and what was seen of a grant."""

from datetime import datetime

from approvals.models import Grant
from approvals.rules.matching import Agreement
from approvals.rules.states import Observation, RequestState, Standing
from inventory.words import Word

STANDING = {
    Standing.AHEAD: Word("Waiting to begin", "Approved by two people; its first day is ahead."),
    Standing.ACTIVE: Word("In force", "Approved by two people, and between its first and last day.", "good"),
    Standing.EXPIRED: Word("Ended", "Its last day is past."),
    Standing.REVOKED: Word("Revoked", "Somebody ended it before its last day."),
    Standing.SUPERSEDED: Word("Followed", "A later grant took its place."),
    Standing.SUSPENDED: Word("Suspended", "Security stopped it in an emergency.", "bad"),
}
BROKEN_GLASS = Word("At once, to confirm", "Security granted it alone; two people have to confirm it.", "bad")
ENDS_FOR_GOOD = Word("Will not be renewed", "Its owner lets it run out.")

OBSERVATION = {
    Observation.NOT_OBSERVED: Word("Not observed", "No policy that was read allows it: perhaps not applied yet."),
    Observation.MATCH: Word("As approved", "The last reading found what was approved, and no more.", "good"),
    Observation.WIDER: Word("Wider", "The last reading found more than was approved.", "bad"),
    Observation.STILL_PRESENT: Word("Still there", "It ended, and the last reading still found the access.", "bad"),
    Observation.REMOVED: Word("Removed", "A reading after the end no longer found the access.", "good"),
    Observation.UNKNOWN: Word("Unknown", "Nobody could look, so nobody can say.", "unknown"),
}
REQUEST_STATE = {
    RequestState.DRAFT: Word("Draft", "Nobody is asked yet."),
    RequestState.PENDING: Word("Waiting", "Waits for the owner's side or for security.", "bad"),
    RequestState.CHANGES_REQUESTED: Word("Sent back", "Whoever asked should change it and submit it anew.", "bad"),
    RequestState.APPROVED: Word("Approved", "Both sides agreed to at least one line.", "good"),
    RequestState.REJECTED: Word("Rejected", "Somebody said no to every line."),
    RequestState.WITHDRAWN: Word("Withdrawn", "Whoever asked no longer wants it."),
    RequestState.LAPSED: Word("Lapsed", "Nobody decided in time."),
}
# How what AWS allows stands to what was approved; nothing: no policy that was read allows it.
AGREEMENT = {
    Agreement.APPROVED: Word("As approved", "A grant in force covers it.", "good"),
    Agreement.WIDER: Word("Wider", "AWS allows more than was approved.", "bad"),
    Agreement.ENDED: Word("Ended, still there", "The grant is over, and AWS still allows it.", "bad"),
    Agreement.UNAPPROVED: Word("Not approved", "Nobody approved this.", "bad"),
    None: Word("Not in AWS", "It is approved, and no policy that was read allows it.", "plain"),
}
# What is no longer certain once nobody can look: what calms, and what was never seen.
_CALMING = (Observation.MATCH, Observation.NOT_OBSERVED)
_COMPLETE = "complete"


def observation_of(grant: Grant, at: datetime) -> Observation:
    """What can be said now; the last calming word is not repeated where nobody could look lately.

    Reads ``grant.identity.scope``.
    """
    last = Observation(grant.observation)
    is_seen = grant.identity.scope.sight(at) == _COMPLETE
    return Observation.UNKNOWN if last in _CALMING and not is_seen else last


def standing_word(grant: Grant, standing: Standing) -> Word:
    """The word for what the grant is worth."""
    if standing is Standing.ACTIVE and grant.confirm_by and not grant.confirmed_at:
        return BROKEN_GLASS
    return STANDING[standing]

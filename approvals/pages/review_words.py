"""Review items in words: what makes one more than routine, and in what two states of knowledge differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from approvals.models import ReviewItem
from approvals.pages.review_facts import Facts
from approvals.rules.campaigns import Change, ItemDecision
from approvals.rules.states import Observation
from inventory.policy.reach import Reach
from inventory.words import Word, trust_word

DECISION: Mapping[str, Word] = {
    ItemDecision.PENDING: Word("Open", "Nobody has decided yet."),
    ItemDecision.CERTIFY: Word("Kept", "A reviewer wants it to stay.", "good"),
    ItemDecision.REVOKE: Word("To be removed", "A reviewer wants it gone."),
    ItemDecision.MODIFY: Word("To be changed", "A reviewer wants something else there."),
    ItemDecision.NOT_REVIEWED: Word("Not reviewed", "Nobody decided by the day: it is taken out after notice.", "bad"),
}
CHANGE: Mapping[str, Word] = {
    Change.NEW: Word("New", "No review before has looked at it.", "bad"),
    Change.CHANGED: Word("Changed", "It allows something else than at the last review.", "bad"),
    Change.UNCHANGED: Word("Unchanged", "It allows the same as at the last review."),
}
_UNDETERMINED = Word("Could not be judged", "Nobody can say what the policy allows; treat it as open.", "unknown")
_OPEN = Word("Open to anyone", "More than a fixed account or person is let in.", "bad")
_STRANGER = Word("Unknown account", "Nobody registered who this is.", "unknown")
_OVER = Word("Over", "Its grant or the contract has ended, and the access is still there.", "bad")
_UNAPPROVED = Word("Nobody approved it", "No grant was ever made for it.", "bad")
_NOT_AS_APPROVED = Word("Not as approved", "There is a grant, and what AWS allows was not seen to fit it.", "bad")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was different before, in words."""

    what: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def marks(item: ReviewItem, facts: Facts) -> list[Word]:
    """What is out of order about an item, the worst first; empty for what is routine."""
    found = []
    if item.is_wildcard:
        found.append(_UNDETERMINED if facts.said["reach"] == Reach.UNDETERMINED else _OPEN)
    if item.is_unknown:
        found.append(_STRANGER)
    if item.is_expired:
        found.append(_OVER)
    if item.is_unapproved and not item.is_expired:
        found.append(_UNAPPROVED if facts.grant is None else _NOT_AS_APPROVED)
    return found


def note_words(item: ReviewItem) -> str:
    """Which answers need a note, before one presses."""
    if not item.risk.needs_reason:
        return "Keep needs no note. Remove and Change do."
    reasons = (
        (item.is_wildcard, "anyone may use it"),
        (item.is_unknown and not item.is_wildcard, "nobody knows this account"),
        (item.is_expired, "it should have ended"),
    )
    said = " and ".join(text for applies, text in reasons if applies)
    return f"Each answer needs a note here, Keep too: {said}."


def differences(before: Facts, now: Facts) -> list[Difference]:
    """What changed between two states of knowledge, for people; what only a machine sees is said as such."""
    found = []
    if before.said["statements"] != now.said["statements"] or before.said["reach"] != now.said["reach"]:
        found.append(_allowed(before, now))
    for what, words in (("Approved", approval_words), ("Who they are", _trust), ("Owner", _owner)):
        if words(before) != words(now):
            found.append(Difference(what, (words(before),), (words(now),)))
    rules_before, rules_now = before.finding_rules, now.finding_rules
    if set(rules_before) != set(rules_now):
        gone = tuple(sorted(set(rules_before) - set(rules_now))) or ("none of the new ones",)
        found.append(Difference("Findings", gone, tuple(sorted(set(rules_now) - set(rules_before))) or ("resolved",)))
    return found


def approval_words(facts: Facts) -> str:
    """Who approved it until when, in one line."""
    grant = facts.grant
    if grant is None:
        return "nobody approved it"
    names = " and ".join(each.by for each in grant.approvals) or "recorded without names"
    seen = {Observation.WIDER: ", AWS allows more", Observation.NOT_OBSERVED: ", not yet seen to fit"}
    verb = "ended" if grant.is_over else "until"
    return f"{names}, {verb} {grant.ends_on:%-d %b %Y}{seen.get(grant.observation, '')}"


def _allowed(before: Facts, now: Facts) -> Difference:
    old = tuple(each for each in before.sentences if each not in now.sentences)
    new = tuple(each for each in now.sentences if each not in before.sentences)
    if not old and not new:
        return Difference("What it allows", (), ("The same in words; the policy differs in its details.",))
    return Difference("What it allows", old or ("less",), new or ("less",))


def _trust(facts: Facts) -> str:
    return trust_word(facts.said["trust"]).label


def _owner(facts: Facts) -> str:
    return facts.owner

"""Offboarding: where a case and each of its paths stand, and in which words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOOKED_WITHIN = timedelta(hours=48)


class CaseState(StrEnum):
    """``open`` until the last day of the vendor, ``closing`` while its access is taken out and verified."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class PathState(StrEnum):
    """What is known of one path, from the best to the worst."""

    VERIFIED = "verified"
    SAID = "said"
    TO_REMOVE = "to_remove"
    PLANNED = "planned"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class PathFacts:
    """One path: ``read_at`` is when its identity was last read, ``is_refused`` whether the last look there failed."""

    is_verified: bool
    is_said: bool
    has_task: bool
    read_at: datetime
    is_refused: bool


def path_state(facts: PathFacts, at: datetime) -> PathState:
    """Could not look goes before what anybody says, and after what a reading has shown."""
    if facts.is_verified:
        return PathState.VERIFIED
    if facts.is_refused or facts.read_at < at - LOOKED_WITHIN:
        return PathState.UNSEEN
    if facts.is_said:
        return PathState.SAID
    return PathState.TO_REMOVE if facts.has_task else PathState.PLANNED


def progress_words(paths: Iterable[tuple[PathState, datetime]]) -> str:
    """``7 of 9 verified gone, 1 not looked at since Tuesday 3 November, 1 to be removed``."""
    found = list(paths)
    if not found:
        return "No path was found"
    number = Counter(state for state, _ in found)
    said = [f"{number[PathState.VERIFIED]} of {len(found)} verified gone"]
    unseen = [read_at for state, read_at in found if state is PathState.UNSEEN]
    if unseen:
        oldest = min(unseen)
        said.append(f"{len(unseen)} not looked at since {oldest:%A} {oldest.day} {oldest:%B}")
    for state, words in _WORDS.items():
        if number[state]:
            said.append(f"{number[state]} {words}")
    return ", ".join(said)


_WORDS = {
    PathState.SAID: "said to be removed, not seen yet",
    PathState.TO_REMOVE: "to be removed",
    PathState.PLANNED: "to be removed after the last day",
}

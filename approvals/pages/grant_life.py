"""The life of a grant: what people decided and what readings showed, one line above the other."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from approvals.models import ApprovalSlot, Grant, GrantObservation
from approvals.rules.states import Observation
from approvals.words import OBSERVATION, observation_of
from inventory.models import AuditEvent
from inventory.models.days import midnight
from inventory.words import Word, action_words

WIDTH = 1000
_LEAST = 4
_SHOWN = 6

# What an event of the audit trail means for the life of a grant: the words, and what the decision is from then on.
_EVENTS = {
    "grant.glass_broken": ("Granted at once by security", ""),
    "grant.confirmed": ("Confirmed by two people", "active"),
    "grant.suspended": ("Suspended", "suspended"),
    "grant.reinstated": ("Taken up again", "active"),
    "grant.shortened": ("Last day moved forward", ""),
    "grant.superseded": ("A later grant takes its place", ""),
    "grant.will_not_renew": ("Will not be renewed", ""),
    "grant.revoked": ("Revoked", "over"),
}
_UNSAID = ("grant.approved",)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people did, or that a day brought; ``kind`` is what the decision is from then on, if it moves."""

    at: datetime
    words: str
    who: str = ""
    said: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One stretch of the observation line; ``to_at`` is ``None`` for what is shown now."""

    from_at: datetime
    to_at: datetime | None
    word: Word
    kind: str
    run_id: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch as a rectangle, in thousandths of the width."""

    x: int
    width: int
    kind: str


@dataclass(frozen=True, slots=True)
class Life:
    """Both lines, drawn and in words; ``today`` is a place within the width."""

    events: list[Event]
    seen: list[Seen]
    decision_bars: list[Bar]
    seen_bars: list[Bar]
    today: int
    from_at: datetime
    to_at: datetime
    kinds: list[tuple[str, str]]

    @property
    def earlier(self) -> list[Seen]:
        """What the page folds away."""
        return self.seen[:-_SHOWN]

    @property
    def latest(self) -> list[Seen]:
        """What it shows at once."""
        return self.seen[-_SHOWN:]


def life_of(
    grant: Grant, slots: Iterable[ApprovalSlot], observations: Sequence[GrantObservation], at: datetime
) -> Life:
    """The life up to ``at`` and, drawn ahead, to its last day; one query for what people did since."""
    events = sorted([*_asked(grant, slots), *_since(grant), *_days(grant)], key=lambda each: each.at)
    seen = list(_seen(grant, observations, at))
    from_at = events[0].at
    to_at = max(events[-1].at, at) + timedelta(days=1)
    place = _Scale(from_at, to_at)
    seen_bars = [place.bar(each.from_at, each.to_at or at, each.kind) for each in seen]
    return Life(
        events=events,
        seen=seen,
        decision_bars=list(_decided(events, place)),
        seen_bars=seen_bars,
        today=place.of(at),
        from_at=from_at,
        to_at=to_at - timedelta(days=1),
        kinds=[(kind, words) for kind, words in _LEGEND if kind in {bar.kind for bar in seen_bars}],
    )


_LEGEND = [(each.value, word.label) for each, word in OBSERVATION.items()]


@dataclass(frozen=True, slots=True)
class _Scale:
    from_at: datetime
    to_at: datetime

    def of(self, at: datetime) -> int:
        return round(WIDTH * ((at - self.from_at) / (self.to_at - self.from_at)))

    def bar(self, from_at: datetime, to_at: datetime, kind: str) -> Bar:
        begin = max(self.of(from_at), 0)
        return Bar(begin, max(self.of(to_at) - begin, _LEAST), kind)


def _asked(grant: Grant, slots: Iterable[ApprovalSlot]) -> Iterator[Event]:
    request = grant.line.request
    kind = "" if grant.confirm_by else "waiting"
    yield Event(request.submitted_at or request.created_at, "Asked", str(request.requester or "sesgov"), "", kind)
    for slot in slots:
        if slot.decided_at is not None:
            words = f"{slot.get_verdict_display()} as {slot.role_held}"
            yield Event(slot.decided_at, words, str(slot.decided_by), slot.comment)


def _since(grant: Grant) -> Iterator[Event]:
    rows = AuditEvent.objects.filter(object_type="grant", object_id=str(grant.pk)).exclude(action__in=_UNSAID)
    for row in rows.select_related("actor").order_by("pk"):
        words, kind = _EVENTS.get(row.action, (action_words(row.action), ""))
        reason = str(json.loads(row.data).get("reason") or "")
        yield Event(row.at, words, str(row.actor or row.actor_name), reason, kind)


def _days(grant: Grant) -> Iterator[Event]:
    begin = max(midnight(grant.starts_on), grant.decided_at)
    if begin > grant.decided_at:
        yield Event(grant.decided_at, "Granted", "", "", "ahead")
    if grant.effective_ends_on >= grant.starts_on:
        yield Event(begin + timedelta(microseconds=1), "Begins", "", "", "active")
    if grant.revoked_at is None:
        # The last second of the last day, which is the day that people know.
        last = midnight(grant.effective_ends_on + timedelta(days=1)) - timedelta(seconds=1)
        yield Event(max(last, begin + timedelta(microseconds=2)), "Ends", "", "", "over")


def _decided(events: Sequence[Event], place: _Scale) -> Iterator[Bar]:
    """From each event that moves the decision to the next one; nothing after the end."""
    moves = [each for each in events if each.kind]
    for now, then in pairwise([*moves, Event(place.to_at, "", kind="over")]):
        if now.kind == "over":
            return
        yield place.bar(now.at, then.at, now.kind)


def _seen(grant: Grant, observations: Sequence[GrantObservation], at: datetime) -> Iterator[Seen]:
    for row in observations:
        if row.to_at is not None:
            yield _stretch(row, row.to_at, Observation(row.observation))
            continue
        now = observation_of(grant, at)
        last_read = max(grant.identity.last_read_at, row.from_at)
        if now == row.observation:
            yield _stretch(row, None, now)
            continue
        # Certain up to the last reading, unknown since.
        yield _stretch(row, last_read, Observation(row.observation))
        yield Seen(last_read, None, OBSERVATION[now], now.value, None)


def _stretch(row: GrantObservation, to_at: datetime | None, observation: Observation) -> Seen:
    return Seen(row.from_at, to_at, OBSERVATION[observation], observation.value, row.run_id)

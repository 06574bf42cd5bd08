"""Whether the chain holds: each link computed again from the event that it is for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from inventory.models import AuditLink, ChainCheck, UnsealedEvent
from inventory.services.audit_chain.content import GENESIS, Head, Told, instant, link_hash

# So long after the instant that it gives an event may be sealed, while others are; work of an hour has one instant.
LATEST_SEALING = timedelta(days=1)
# What is told of a chain in ruins; the number of problems is told in full.
_TOLD_AT_MOST = 50
_ROWS_AT_ONCE = 2000
_LINKS = """
    SELECT l.position, l.event_id, l.sealed_at, l.previous, l.hash,
           e.id, e.at, e.actor_id, e.actor_name, e.action, e.object_type, e.object_id, e.object_name, e.data
    FROM inventory_auditlink l LEFT JOIN inventory_auditevent e ON e.id = l.event_id
    ORDER BY l.position, l.sealed_at, l.event_id
"""
_LOST = """
    SELECT e.id FROM inventory_auditevent e
    WHERE NOT EXISTS (SELECT FROM inventory_auditlink l WHERE l.event_id = e.id)
      AND NOT EXISTS (SELECT FROM inventory_unsealedevent u WHERE u.event_id = e.id)
    ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Where the chain does not hold, in a sentence that names the position and the event."""

    text: str
    position: int | None = None
    event: int | None = None


@dataclass(slots=True)
class Verification:
    """What was found. ``head`` is the end of the chain as it was read; ``problems`` are the first of ``number``."""

    head: Head = field(default_factory=Head)
    links: int = 0
    unsealed: int = 0
    number: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the chain."""
        return self.number == 0

    def add(self, problem: Problem) -> None:
        """Count it, and keep it while it is one of the first."""
        self.number += 1
        if len(self.problems) < _TOLD_AT_MOST:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class _Link:
    position: int
    event: int
    sealed_at: datetime
    previous: str
    hash: str
    told: Told | None


def verify(*, kept: str = "") -> Verification:
    """Read the whole chain, in constant memory; ``kept`` is the hash of a head that somebody wrote down earlier."""
    found = Verification()
    before = _Before()
    for link in _read():
        found.links += 1
        for problem in _problems(link, before):
            found.add(problem)
        before.pass_on(link)
    found.head = before.head
    _check_what_is_left(found)
    _check_written_down(found)
    if kept:
        _check_kept(found, kept)
    return found


class _Before:
    """What the next link has to fit: the one before, and when the batch before its own was sealed."""

    def __init__(self) -> None:
        self.head = Head()
        self.hashes = {GENESIS}
        self.batch_before: datetime | None = None

    def pass_on(self, link: _Link) -> None:
        """The link is the one before now; what it says is taken as said, so that one change is told once.

        At a fork either branch may go on: the first is the chain's end.
        """
        if link.position == self.head.position:
            self.hashes.add(link.hash)
            return
        self.hashes = {link.hash}
        if self.head.sealed_at != link.sealed_at:
            self.batch_before = self.head.sealed_at
        self.head = Head(link.position, link.hash, link.sealed_at)

    def earliest(self, link: _Link) -> datetime | None:
        """What an event of this link may have happened at the earliest, and still be sealed only now."""
        sealed = self.batch_before if self.head.sealed_at == link.sealed_at else self.head.sealed_at
        return sealed - LATEST_SEALING if sealed else None


def _read() -> Iterator[_Link]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for position, event, sealed_at, previous, digest, *told in rows:
                yield _Link(position, event, sealed_at, previous, digest, Told(*told) if told[0] is not None else None)


def _problems(link: _Link, before: _Before) -> Iterator[Problem]:
    where = f"Position {link.position} (event {link.event})"
    if problem := _misplaced(link, before):
        yield Problem(f"{where}: {problem}", link.position, link.event)
    if link.told is None:
        yield Problem(f"{where}: the event was deleted.", link.position, link.event)
        return
    computed = link_hash(link.told, position=link.position, previous=link.previous, sealed_at=link.sealed_at)
    if computed != link.hash:
        yield Problem(
            f"{where}: the event {link.told.action} on {link.told.object_name}, or its place, was changed after it was "
            f"sealed; its hash would be {computed}, the link says {link.hash}.",
            link.position,
            link.event,
        )
    if problem := _untimely(link, before.earliest(link), link.told.at):
        yield Problem(f"{where}: {problem}", link.position, link.event)


def _misplaced(link: _Link, before: _Before) -> str:
    end = before.head
    if link.position == end.position:
        return "there are two links at this position: the chain is forked."
    if link.position > end.position + 1:
        missing = f"{end.position + 1} to {link.position - 1}" if link.position - end.position > 2 else end.position + 1
        return f"the link before is missing (position {missing})."
    if link.previous in before.hashes:
        return ""
    other = AuditLink.objects.filter(hash=link.previous).order_by("position").first()
    if other is not None:
        return f"it follows position {other.position} instead of {end.position}: the chain is forked."
    if link.previous == GENESIS:
        return "it says that it is the first of the chain: the chain begins twice."
    return f"it does not follow position {end.position}: it names {link.previous}, but that link is {end.hash}."


def _untimely(link: _Link, earliest: datetime | None, at: datetime) -> str:
    """An event that was slipped in has a place at the end of the chain, whatever day it claims."""
    if earliest is not None and at < earliest:
        return (
            f"the event says {instant(at)}, but the chain had no such event until it was sealed at "
            f"{instant(link.sealed_at)}: it was written in later."
        )
    if at > link.sealed_at + LATEST_SEALING:
        return f"the event says {instant(at)}, but was sealed before that, at {instant(link.sealed_at)}."
    return ""


def _check_what_is_left(found: Verification) -> None:
    """Events without a link: those that wait are counted, those that do not were cut out of the chain."""
    found.unsealed = UnsealedEvent.objects.count()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LOST)
        for (event,) in cursor:
            found.add(Problem(f"Event {event} has no link and does not wait for one.", event=event))


def _check_written_down(found: Verification) -> None:
    """What each earlier check saw as the head must still be in its place."""
    checks = ChainCheck.objects.filter(position__gt=0).order_by("checked_at", "pk")
    seen = checks.values_list("checked_at", "position", "head").distinct()
    now = dict(AuditLink.objects.filter(position__in=checks.values("position")).values_list("position", "hash"))
    for checked_at, position, head in seen:
        if now.get(position) != head:
            is_there = "another" if position in now else "none"
            found.add(
                Problem(
                    f"Position {position}: the check of {instant(checked_at)} saw the head {head} here, now there is "
                    f"{is_there}: the chain was written anew or cut short.",
                    position,
                )
            )


def _check_kept(found: Verification, kept: str) -> None:
    if kept != GENESIS and not AuditLink.objects.filter(hash=kept).exists():
        text = f"The head that was kept, {kept}, is nowhere in the chain: the chain was written anew or cut short."
        found.add(Problem(text))

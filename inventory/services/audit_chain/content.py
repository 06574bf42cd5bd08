"""What the hash of a link is over, so that a stranger can compute it again with the standard library alone.

A link's content is one JSON object with the twelve members of :func:`link_content`, written with sorted keys, without
blanks, with every character as itself (``ensure_ascii=False``), encoded as UTF-8. Its hash is the SHA-256 of these
bytes in lower-case hexadecimal. From a line of ``events.jsonl`` (the content and ``hash``)::

    link = json.loads(line)
    told = link.pop("hash")
    text = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == told

``position`` counts from 1 without a gap; ``previous`` is the hash at the position before, and :data:`GENESIS` at the
first. Instants are UTC with six digits of a second and a ``Z``. ``data`` is the stored text itself, not parsed.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; an empty chain has position 0, :data:`GENESIS` and no instant."""

    position: int = 0
    hash: str = GENESIS
    sealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The columns of an event, each of which the hash depends on."""

    event: int
    at: datetime
    actor: int | None
    actor_name: str
    action: str
    object_type: str
    object_id: str
    object_name: str
    data: str


def link_content(told: Told, *, position: int, previous: str, sealed_at: datetime) -> dict[str, object]:
    """The object that is hashed."""
    return {
        "action": told.action,
        "actor": told.actor,
        "actor_name": told.actor_name,
        "at": instant(told.at),
        "data": told.data,
        "event": told.event,
        "object_id": told.object_id,
        "object_name": told.object_name,
        "object_type": told.object_type,
        "position": position,
        "previous": previous,
        "sealed_at": instant(sealed_at),
    }


def canonical(content: dict[str, object]) -> str:
    """The one text of a content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link_hash(told: Told, *, position: int, previous: str, sealed_at: datetime) -> str:
    """The hash of an event in its place."""
    text = canonical(link_content(told, position=position, previous=previous, sealed_at=sealed_at))
    return hashlib.sha256(text.encode()).hexdigest()


def instant(at: datetime) -> str:
    """``2026-03-01T09:30:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""The sealer: gives each event that waits its place at the end of the chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction

from inventory.models import AuditEvent, AuditLink, UnsealedEvent
from inventory.services.audit_chain.content import Head, Told, link_hash

# Any number, the same for everybody who seals.
_LOCK = 7_305_912_660
_BATCH = 2000
_COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "object_type",
    "object_id",
    "object_name",
    "data",
)


def seal(*, at: datetime) -> Head:
    """Seal whatever is committed and waits, after anybody else who is at it; the head says up to where.

    Call it outside of a transaction that wrote events: it sees those of others, and everybody else waits for its end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return _seal_waiting(at)


def seal_unless_busy(*, at: datetime) -> Head | None:
    """As :func:`seal`, but nothing while somebody else is at it: a long first sealing keeps one worker, not all."""
    if not UnsealedEvent.objects.exists():
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return _seal_waiting(at) if cursor.fetchone() == (True,) else None


def head() -> Head:
    """The end of the chain as it is."""
    last = AuditLink.objects.order_by("position").last()
    return Head(last.position, last.hash, last.sealed_at) if last else Head()


def _seal_waiting(at: datetime) -> Head:
    """In one transaction, so that no event is late only because a first sealing was cut short."""
    end = head()
    for events in _batches():
        links = _links(events, end, at)
        AuditLink.objects.bulk_create(links)
        UnsealedEvent.objects.filter(pk__in=[link.event_id for link in links]).delete()
        end = Head(links[-1].position, links[-1].hash, at)
    return end


def _batches() -> Iterator[list[Told]]:
    """The events that wait, as of now, in the order in which they were numbered.

    What commits later, with whatever number, is for the next sealing.
    """
    waiting = list(UnsealedEvent.objects.order_by("event_id").values_list("event_id", flat=True))
    for begin in range(0, len(waiting), _BATCH):
        rows = AuditEvent.objects.filter(pk__in=waiting[begin : begin + _BATCH]).order_by("pk").values_list(*_COLUMNS)
        yield [Told(*row) for row in rows]


def _links(events: Sequence[Told], end: Head, at: datetime) -> list[AuditLink]:
    links = []
    position, previous = end.position, end.hash
    for told in events:
        position += 1
        found = link_hash(told, position=position, previous=previous, sealed_at=at)
        links.append(AuditLink(position=position, event_id=told.event, sealed_at=at, previous=previous, hash=found))
        previous = found
    return links

"""The sealer: every event once, in one chain, whoever seals and whenever a transaction ends."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from inventory.models import AuditEvent, AuditLink, ChainCheck, UnsealedEvent
from inventory.services.audit_chain.content import GENESIS, Head, Told, link_content
from inventory.services.audit_chain.sealing import head, seal, seal_unless_busy
from inventory.services.audit_chain.verification import verify
from tests.audit.trail import written
from tests.builders import NOW

LATER = NOW + timedelta(seconds=1)


@pytest.mark.django_db
def test_an_empty_trail_has_an_empty_chain():
    assert seal(at=NOW) == Head(0, GENESIS, None) == head()
    assert verify().holds


@pytest.mark.django_db
def test_each_event_is_sealed_once_in_the_order_of_its_number():
    events = written(3)
    assert seal(at=LATER).position == 3
    events += written(2)
    assert seal(at=LATER) == seal(at=LATER) == head()
    links = AuditLink.objects.order_by("position")
    assert [link.position for link in links] == [1, 2, 3, 4, 5]
    assert [link.event_id for link in links] == [event.pk for event in events]
    assert [link.previous for link in links] == [GENESIS, *[link.hash for link in links][:-1]]
    assert not UnsealedEvent.objects.exists()


@pytest.mark.django_db
def test_a_trail_of_several_batches_is_one_chain(monkeypatch):
    monkeypatch.setattr("inventory.services.audit_chain.sealing._BATCH", 4)
    written(10)
    assert seal(at=LATER).position == 10
    assert verify().holds


@pytest.mark.django_db
def test_the_hash_can_be_computed_again_with_the_standard_library_alone():
    written(2)
    seal(at=LATER)
    for link in AuditLink.objects.select_related("event").order_by("position"):
        event = link.event
        told = Told(
            event.pk, event.at, event.actor_id, event.actor_name, event.action,
            event.object_type, event.object_id, event.object_name, event.data,
        )  # fmt: skip
        line = json.dumps(link_content(told, position=link.position, previous=link.previous, sealed_at=link.sealed_at))
        text = json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == link.hash
        assert '"at":"2026-11-02T08:00:00.000000Z"' in text
        assert "Café" in text


@pytest.mark.django_db
@pytest.mark.parametrize("model", [AuditLink, ChainCheck])
def test_links_and_checks_can_be_neither_changed_nor_deleted(model):
    written(1)
    end = seal(at=LATER)
    ChainCheck.objects.create(checked_at=NOW, position=end.position, head=end.hash, unsealed=0)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        model.objects.update(position=7)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # The suite switches this trigger off, since Django's flush truncates; the rollback switches it off again.
    pgtrigger.enable(f"inventory.{model.__name__}:no_truncate")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("again", ["event", "previous", "hash"])
def test_the_database_refuses_a_second_link_of_an_event_and_a_fork(again):
    events = written(2)
    seal(at=LATER)
    last = AuditLink.objects.get(position=2)
    with transaction.atomic():
        (other,) = written(1)
    values = {"event_id": other.pk, "previous": "a" * 64, "hash": "b" * 64}
    values |= {"event": {"event_id": events[0].pk}}.get(again, {again: getattr(last, again, None)})
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditLink.objects.create(position=3, sealed_at=LATER, **values)


def _seal_when_all_are_there(barrier: Barrier) -> Head:
    try:
        barrier.wait(timeout=10)
        return seal(at=LATER)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain():
    written(300)
    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        ends = [threads.submit(_seal_when_all_are_there, barrier) for _ in range(4)]
        assert {end.result(timeout=30).position for end in ends} == {300}
    assert AuditLink.objects.count() == 300
    assert verify().holds


def _write_slowly(is_written: Event, may_end: Event) -> int:
    try:
        with transaction.atomic():
            (event,) = written(1)
            is_written.set()
            may_end.wait(timeout=10)
        return event.pk
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_transaction_ends_late_is_sealed_although_higher_numbers_were():
    is_written, may_end = Event(), Event()
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(_write_slowly, is_written, may_end)
        assert is_written.wait(timeout=10)
        (quick,) = written(1)
        assert seal(at=NOW).position == 1
        may_end.set()
        late = slow.result(timeout=10)
    assert late < quick.pk
    seal(at=LATER)
    assert list(AuditLink.objects.order_by("position").values_list("event_id", flat=True)) == [quick.pk, late]
    assert verify().holds


@pytest.mark.django_db
def test_what_was_rolled_back_leaves_a_gap_in_the_numbers_and_none_in_the_chain():
    written(1)
    with transaction.atomic():
        written(1)
        transaction.set_rollback(True)
    written(1)
    assert seal(at=LATER).position == 2
    assert verify().holds
    first, second = AuditEvent.objects.order_by("pk").values_list("pk", flat=True)
    assert second - first == 2


def _hold_the_seal(is_held: Event, may_end: Event) -> None:
    try:
        with transaction.atomic():
            seal(at=NOW)
            is_held.set()
            may_end.wait(timeout=10)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_another_that_seals():
    written(1)
    is_held, may_end = Event(), Event()
    with ThreadPoolExecutor(1) as threads:
        holding = threads.submit(_hold_the_seal, is_held, may_end)
        assert is_held.wait(timeout=10)
        assert seal_unless_busy(at=LATER) is None
        may_end.set()
        holding.result(timeout=10)
    written(1)
    assert seal_unless_busy(at=LATER) == head() == Head(2, head().hash, LATER)

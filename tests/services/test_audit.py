"""The audit trail: one way in, no way back."""

from datetime import UTC, date, datetime

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from inventory.models import AuditEvent, Team
from inventory.services.audit import AuditOutsideTransactionError, canonical_json, record

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def make_event() -> AuditEvent:
    team = Team.objects.create(name="Marketing", created_at=NOW)
    return record(at=NOW, actor=None, action="team.added", target=team, data={"b": 1, "a": [date(2026, 1, 2)]})


@pytest.mark.django_db
def test_it_keeps_names_as_text_and_canonical_data() -> None:
    event = make_event()
    assert (event.actor_name, event.object_type, event.object_name) == ("sesgov", "team", "Marketing")
    assert event.data == '{"a":["2026-01-02"],"b":1}'


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE inventory_auditevent SET action = 'x'", "DELETE FROM inventory_auditevent"]
)
def test_rows_can_be_neither_changed_nor_deleted(statement: str) -> None:
    make_event()
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_queryset_update_is_refused_too() -> None:
    make_event()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        AuditEvent.objects.update(action="x")


@pytest.mark.django_db
def test_the_table_cannot_be_truncated() -> None:
    # The suite switches this trigger off, since Django's flush truncates; the rollback switches it off again.
    pgtrigger.enable("inventory.AuditEvent:no_truncate")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE inventory_auditevent CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_row_apart_from_its_change_is_refused() -> None:
    team = Team.objects.create(name="Marketing", created_at=NOW)
    with pytest.raises(AuditOutsideTransactionError):
        record(at=NOW, actor=None, action="team.added", target=team)


def test_canonical_json_has_one_text_for_one_value() -> None:
    assert canonical_json({"z": {"b": True, "a": None}, "ä": "ß"}) == '{"z":{"a":null,"b":true},"ä":"ß"}'
    assert canonical_json({"s": {"b", "a"}}) == '{"s":["a","b"]}'


def test_floats_are_refused_since_two_machines_may_write_them_differently() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical_json({"share": 0.1})

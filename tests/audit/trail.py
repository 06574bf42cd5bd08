"""A trail to be sealed, and what a superuser of the database could do to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from inventory.models import AuditEvent, Vendor
from inventory.services.audit import record_all
from tests.builders import NOW

EVENTS, LINKS = "inventory_auditevent", "inventory_auditlink"


def written(number: int, *, at: datetime = NOW) -> list[AuditEvent]:
    """So many events in one transaction."""
    targets = [(Vendor(pk=1, name="Brightmail"), {"number": each, "to": "Café"}) for each in range(number)]
    with transaction.atomic():
        return record_all(at=at, actor=None, action="vendor.changed", targets=targets)


def tamper(table: str, *statements: str) -> None:
    """Run statements on a table as somebody may who owns the database: no trigger, no key, no constraint holds."""
    with without_guards(table), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def without_guards(table: str) -> Iterator[None]:
    """The table without its triggers, those of foreign keys included."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def drop_constraints(table: str) -> None:
    """Without primary key, uniqueness and checks."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
            [table],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)

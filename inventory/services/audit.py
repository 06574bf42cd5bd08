"""The audit trail's only way in."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import models, transaction

from inventory.models import AuditEvent, User

SYSTEM = "sesgov"


class AuditOutsideTransactionError(RuntimeError):
    """A row of the trail was to be written apart from the change that it tells of."""


def record(
    *,
    at: datetime,
    actor: User | None,
    action: str,
    target: models.Model,
    data: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Append one event to the running transaction; ``actor`` is ``None`` for sesgov itself.

    ``action`` is ``noun.verb`` in the past tense (``account.added``). ``data`` may hold text, whole numbers, booleans,
    ``None``, dates, lists and mappings; floats raise, since two machines may write them differently.
    """
    (event,) = record_all(at=at, actor=actor, action=action, targets=[(target, data or {})])
    return event


def record_all(
    *,
    at: datetime,
    actor: User | None,
    action: str,
    targets: Iterable[tuple[models.Model, Mapping[str, object]]],
) -> list[AuditEvent]:
    """Append one event for each target with its data, as :func:`record` does, in one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise AuditOutsideTransactionError(action)
    return AuditEvent.objects.bulk_create(
        AuditEvent(
            at=at,
            actor=actor,
            actor_name=actor.email if actor else SYSTEM,
            action=action,
            object_type=target._meta.model_name or "",
            object_id=str(target.pk),
            object_name=str(target)[:400],
            data=canonical_json(data),
        )
        for target, data in targets
    )


def canonical_json(data: Mapping[str, object]) -> str:
    """The one text of a value: sorted keys, no blanks, no floats; instants and dates in ISO 8601."""
    return json.dumps(
        _plain(data),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int)):
        return str(value) if isinstance(value, str) else value
    raise TypeError(f"The audit trail takes no {type(value).__name__}.")

"""The parts without which sesgov does not work, each with a reason where it fails.

Reasons are fixed sentences: whoever asks needs no password, so they hold no address, no user, no text of an exception.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from inventory.models import Account, CollectionRun, Outcome
from inventory.models.scopes import STALE_AFTER
from inventory.services.audit_chain.checks import last_check
from inventory.services.heartbeats import last_beat

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2
# The tick comes every 5 s; a worker whose every process reads a slice takes it up after at most 30 s.
LONGEST_SILENCE_SECONDS = 90

_is_migrated = False


@dataclass(frozen=True, slots=True)
class Part:
    """``ok``, ``failed`` or, for what keeps nobody from working, ``late``; ``age_seconds`` where one is known."""

    status: str
    reason: str
    age_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """All parts by name."""

    parts: dict[str, Part]

    @property
    def is_ready(self) -> bool:
        """Whether no part has failed."""
        return all(part.status != "failed" for part in self.parts.values())

    def as_json(self) -> dict[str, object]:
        """As ``/health/ready`` answers."""
        parts = {
            name: {field: value for field, value in asdict(part).items() if value is not None}
            for name, part in self.parts.items()
        }
        return {"status": "ok" if self.is_ready else "failed", "parts": parts}


def readiness(at: datetime, parts: Iterable[str] | None = None) -> Readiness:
    """Look at every part, or at those named, a few seconds at most; what cannot be looked at has failed."""
    return Readiness({name: _looked_at(name, at) for name in PARTS if parts is None or name in parts})


def _looked_at(name: str, at: datetime) -> Part:
    look, reason = PARTS[name]
    try:
        return look(at)
    except (DatabaseError, RedisError) as error:
        logger.warning("health_part_failed", extra={"part": name, "error": type(error).__name__})
        return Part("failed", reason)


def _database(_at: datetime) -> Part:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {1000 * PATIENCE_SECONDS}")
        cursor.execute("SELECT 1")
        missing = _missing_migrations()
    if missing:
        return Part("failed", f"Migrations that have not been applied: {missing}. Run manage.py migrate.")
    return Part("ok", "It answers, and every migration has been applied.")


def _missing_migrations() -> int:
    """How many migrations wait; once there was none, nobody looks again: they come with a new process."""
    global _is_migrated  # noqa: PLW0603  # a fact about the process
    if _is_migrated:
        return 0
    executor = MigrationExecutor(connection)
    number = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _is_migrated = not number
    return number


def _broker(_at: datetime) -> Part:
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    ) as redis:
        redis.ping()
    return Part("ok", "Redis answers.")


def _worker(at: datetime) -> Part:
    seen = last_beat()
    if seen is None:
        return Part("failed", "No worker has given a sign of life since Redis started. Start worker and beat.")
    age = max(0, round(at.timestamp() - seen))
    if age > LONGEST_SILENCE_SECONDS:
        return Part("failed", "No worker has taken up a task for too long. Look at worker and beat.", age)
    return Part("ok", "A worker takes up tasks.", age)


def _collection(at: datetime) -> Part:
    """Never ``failed`` for its age: what was seen last can still be looked at, and it says how old it is."""
    if not Account.objects.managed().exists():
        return Part("ok", "There is no account to collect from yet.")
    last = last_complete_run()
    if last is None or last.finished_at is None:
        return Part("late", "No collection has been complete yet. The page of runs says what was missing.")
    age = round((at - last.finished_at).total_seconds())
    if age > STALE_AFTER.total_seconds():
        return Part("late", "The last complete collection is older than 48 hours. See the page of runs.", age)
    return Part("ok", f"Run {last.pk} was complete.", age)


def _audit(at: datetime) -> Part:
    """Never ``failed``: no other process would have a better chain, and everybody can go on working."""
    check = last_check()
    if check is None:
        return Part("ok", "The audit chain has not been checked yet.")
    age = round((at - check.checked_at).total_seconds())
    if check.problem:
        return Part("late", "The audit chain does not hold. The page of the audit trail says where.", age)
    if age > STALE_AFTER.total_seconds():
        return Part("late", "The audit chain was last checked more than 48 hours ago. Look at worker and beat.", age)
    return Part("ok", "The audit chain held when it was last checked.", age)


def last_complete_run() -> CollectionRun | None:
    """The newest run that saw everything it was to see."""
    return (
        CollectionRun.objects.filter(outcome=Outcome.COMPLETE)
        .exclude(finished_at=None)
        .order_by("-finished_at")
        .first()
    )


PARTS: dict[str, tuple[Callable[[datetime], Part], str]] = {
    "database": (_database, "The database does not answer."),
    "broker": (_broker, "Redis does not answer."),
    "worker": (_worker, "Unknown: Redis, where workers leave their sign of life, does not answer."),
    "collection": (_collection, "Unknown: the database does not answer."),
    "audit": (_audit, "Unknown: the database does not answer."),
}

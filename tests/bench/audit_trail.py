"""What ``./bench audit`` does in its own process: writers, a collection and the sealer at once; then searches."""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from io import StringIO
from threading import Thread

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from inventory.models import AuditLink, Identity, Role, User, Vendor
from inventory.services.audit import record_all
from inventory.services.audit_chain.sealing import head, seal
from inventory.services.audit_chain.verification import verify

_EVENTS_PER_ACT = 10
_SEARCHES = (
    "", "q=brightmail", "q=vendor1234", "q=nothing+like+it", "person=bench", "action=changed", "noun=vendor&object=77",
    "since=2026-01-01&until=2026-01-02", "by=people", "q=brightmail+number&sort=actor_name",
)  # fmt: skip
_MANY = """
    INSERT INTO inventory_auditevent (at, actor_id, actor_name, action, object_type, object_id, object_name, data)
    SELECT now() - (%(events)s - n) * interval '1 second', CASE WHEN n %% 3 = 0 THEN %(actor)s END,
           CASE WHEN n %% 3 = 0 THEN 'bench@example.com' ELSE 'sesgov' END, 'vendor.changed' || n %% 40, 'vendor',
           n %% 5000, 'Brightmail vendor' || n %% 5000, '{"number":' || n || ',"to":"team' || n %% 97 || '"}'
    FROM generate_series(1, %(events)s) n
"""


def report(seconds: int, events: int, regions: tuple[str, ...]) -> None:
    """Print the measures as the last line."""
    person = User.objects.create(email="bench@example.com", roles=[Role.AUDITOR.value], created_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_MANY, {"events": events, "actor": person.pk})
    begun = time.monotonic()
    seal(at=timezone.now())
    first = time.monotonic() - begun
    sealed, elapsed, longest = _seal_beside_writers(seconds, regions)
    begun = time.monotonic()
    found = verify()
    checked = time.monotonic() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inventory_auditevent")
    searched = sorted(_searches(person))
    measures = [
        ("audit.events_per_s", sealed / elapsed, "1/s"),
        ("audit.longest_sealing_s", longest, "s"),
        ("audit.identities_collected", Identity.objects.count(), "count"),
        ("audit.first_sealing_per_s", events / first, "1/s"),
        ("audit.checked_per_s", found.links / checked, "1/s"),
        ("audit.problems", found.number, "count"),
        ("audit.search_p50_ms", searched[len(searched) // 2], "ms"),
        ("audit.search_max_ms", searched[-1], "ms"),
    ]
    text = json.dumps([{"name": name, "value": value, "unit": unit} for name, value, unit in measures])
    print(text)  # noqa: T201


def _seal_beside_writers(seconds: int, regions: tuple[str, ...]) -> tuple[int, float, float]:
    """How many events were sealed in how many seconds, and the longest that one sealing took."""
    before, begun, longest = head().position, time.monotonic(), 0.0
    until = begun + seconds
    threads = [Thread(target=_at_work, args=(work, until)) for work in (_act, lambda: _collect(regions))]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        time.sleep(1)
        sealing = time.monotonic()
        seal(at=timezone.now())
        longest = max(longest, time.monotonic() - sealing)
    sealed, elapsed = AuditLink.objects.count() - before, time.monotonic() - begun
    for thread in threads:
        thread.join()
    seal(at=timezone.now())
    return sealed, elapsed, longest


def _at_work(work: Callable[[], None], until: float) -> None:
    try:
        while time.monotonic() < until:
            work()
    finally:
        connection.close()


def _act() -> None:
    targets = [(Vendor(pk=number, name="Brightmail"), {"number": number}) for number in range(_EVENTS_PER_ACT)]
    with transaction.atomic():
        record_all(at=timezone.now(), actor=None, action="vendor.changed", targets=targets)


def _collect(regions: tuple[str, ...]) -> None:
    wanted = [word for region in regions for word in ("--region", region)]
    call_command("collect", *wanted, format="json", stdout=StringIO(), stderr=StringIO())


def _searches(person: User) -> list[float]:
    client = Client()
    client.force_login(person)
    client.get("/audit/")
    return [_asked(client, query) for query in _SEARCHES for _ in range(3)]


def _asked(client: Client, query: str) -> float:
    begun = time.monotonic()
    response = client.get(f"/audit/?{query}", headers={"host": "127.0.0.1"})
    if response.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{query}: {response.status_code}")
    return (time.monotonic() - begun) * 1000

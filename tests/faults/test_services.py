"""Services that go away in mid-run: the run completes, nothing is lost, nothing is written twice or by halves."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from inventory import tasks
from inventory.models import AuditEvent, CollectionRun, Identity, IdentityState, ListedIdentity, ScheduledJob
from inventory.services.collecting.run_reports import report
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, begin, policy
from tests.collection.test_leases import wait_for
from tests.faults.machines import broker, database_away, worker

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = [f"n{number:02}.example.com" for number in range(10)]


@pytest.fixture
def run(double) -> CollectionRun:
    """A run over one account with ten identities, waiting for a worker."""
    builders.account(account_id=ACCOUNT)
    for name in NAMES:
        double.put_identity(ACCOUNT, REGION, name, policies={"partner": policy()})
    return begin()


def _read() -> int:
    return ListedIdentity.objects.filter(state="read").count()


def _in_the_middle() -> None:
    wait_for(lambda: _read() >= 2, seconds=60)
    assert _read() < len(NAMES)


def _completes(run: CollectionRun) -> None:
    wait_for(lambda: CollectionRun.objects.get(pk=run.pk).state != CollectionRun.State.RUNNING, seconds=60)
    run.refresh_from_db()
    found = report(run)
    assert (found["outcome"], found["scopes"][0]["identities"]) == ("complete", len(NAMES))
    assert sorted(Identity.objects.values_list("name", flat=True)) == NAMES
    # One state and one delegation each: what was read twice was written once.
    assert IdentityState.objects.count() == len(NAMES)
    assert all(identity.delegations.count() == identity.delegate_count == 1 for identity in Identity.objects.all())
    assert AuditEvent.objects.filter(action="run.finished").count() == 1


def test_a_broker_that_is_killed_and_comes_back_empty_stops_no_run(run, tmp_path):
    with (
        broker() as redis,
        worker(tmp_path / "log", REDIS_URL=redis.url, SESGOV_SES_RATE="4", SESGOV_LEASE_SECONDS="4") as process,
    ):
        _in_the_middle()
        redis.kill()
        time.sleep(1)
        redis.start()
        _completes(run)
        assert process.poll() is None


def test_a_database_that_restarts_stops_no_run(run, tmp_path):
    with (
        broker() as redis,
        worker(tmp_path / "log", REDIS_URL=redis.url, SESGOV_SES_RATE="4", SESGOV_LEASE_SECONDS="4") as process,
    ):
        _in_the_middle()
        with database_away():
            time.sleep(1.5)
        _completes(run)
        assert process.poll() is None
    ended = [line for line in _lines(tmp_path / "log") if line["event"] == "run_finished"]
    assert [(line["run"], bool(line["task_id"])) for line in ended] == [(run.pk, True)]


def test_two_beats_start_each_job_once(settings, monkeypatch, double):
    settings.SESGOV_COLLECT_AT = timezone.now().astimezone(settings.SESGOV_TIME_ZONE).time().replace(second=0)
    for task in (tasks.collect_slice, tasks.daily_reevaluation):
        monkeypatch.setattr(task, "apply_async", lambda **_: None)
    builders.account(account_id=ACCOUNT)
    together = threading.Barrier(2)

    def beat() -> None:
        together.wait()
        try:
            for _ in range(3):
                tasks.tick()
                tasks.daily_reevaluation()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as beats:
        for each in [beats.submit(beat) for _ in range(2)]:
            each.result()
    assert CollectionRun.objects.count() == 1
    jobs = list(ScheduledJob.objects.values_list("job", flat=True))
    assert len(jobs) == len(set(jobs)) == 2


def _lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]

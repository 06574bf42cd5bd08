"""The tick: frees what died, ends what is overdue, starts what is due, and hints at what waits."""

from datetime import time, timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.utils import timezone

from inventory import tasks
from inventory.models import CollectionRun, ScopeRun
from inventory.services.collecting.collectors import Collector
from sesgov.celery import app
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, begin
from tests.collection.test_leases import wait_for


@pytest.fixture
def hints(monkeypatch, settings):
    settings.SESGOV_COLLECT_AT = None
    sent = []
    monkeypatch.setattr(tasks.collect_slice, "apply_async", lambda **_: sent.append("slice"))
    monkeypatch.setattr(tasks.daily_reevaluation, "apply_async", lambda **_: sent.append("daily"))
    return sent


def stale_job(**fields):
    now = timezone.now()
    defaults = {"state": "leased", "leased_until": now - timedelta(seconds=1), "fence": 3, "due_at": now}
    run = builders.run(state="running", deadline_at=now + timedelta(hours=1), planned_at=now)
    return builders.scope_run(**{"run": run} | defaults | fields)


@pytest.mark.django_db
def test_it_frees_what_a_dead_worker_left_and_hints_at_it(hints):
    job = stale_job()
    tasks.tick()
    job.refresh_from_db()
    assert (job.state, job.fence) == (ScopeRun.State.DUE, 4)
    assert hints == ["slice", "daily"]


@pytest.mark.django_db
def test_it_leaves_a_live_lease_alone(hints):
    job = stale_job(leased_until=timezone.now() + timedelta(seconds=60))
    tasks.tick()
    job.refresh_from_db()
    assert (job.state, job.fence) == (ScopeRun.State.LEASED, 3)
    assert hints == ["daily"]


@pytest.mark.django_db
def test_it_abandons_a_run_past_its_deadline(hints):
    now = timezone.now()
    job = stale_job(run=builders.run(state="running", deadline_at=now - timedelta(seconds=1), planned_at=now))
    tasks.tick()
    assert CollectionRun.objects.get(pk=job.run_id).state == CollectionRun.State.ABANDONED
    assert hints == ["daily"]


@pytest.mark.django_db
def test_it_starts_the_daily_run_and_hints_at_its_planning(hints, settings):
    settings.SESGOV_COLLECT_AT = time(2, 0)
    builders.account()
    tasks.tick()
    assert CollectionRun.objects.get().trigger == CollectionRun.Trigger.SCHEDULE
    assert hints == ["slice", "daily"]
    tasks.tick()
    assert CollectionRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_what_the_tick_hints_at(double, settings, monkeypatch):
    settings.SESGOV_SES_RATE = 0
    settings.SESGOV_COLLECT_AT = None
    monkeypatch.setattr(tasks, "_collector", lambda: Collector.from_settings(timezone.now))
    builders.account(account_id=ACCOUNT)
    double.put_identity(ACCOUNT, REGION, "example.com")
    run = begin()
    with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
        tasks.tick.apply_async(expires=15)
        wait_for(lambda: CollectionRun.objects.get(pk=run.pk).state == CollectionRun.State.FINISHED)
    run.refresh_from_db()
    assert run.outcome == "complete"
    assert run.scope_runs.get().identities_read == 1

"""Workers share the scopes, and one that dies leaves its scope to another without anything written twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.aws.identities import IdentityFacts
from inventory.models import CollectionRun, Identity, IdentityState, ListedIdentity, ScopeRun
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.leases import LostLeaseError, give_back, lease_scopes
from inventory.services.collecting.readings import Reading
from inventory.services.collecting.run_reports import report
from inventory.services.collecting.runs import abandon_overdue_runs
from inventory.services.collecting.scope_results import save_identity
from inventory.services.judging.reconciliation import Context
from inventory.services.judging.registry_view import RegistryView
from tests import builders
from tests.builders import NOW
from tests.collection.estate import ACCOUNT, REGION, begin, collector

pytestmark = pytest.mark.django_db
LIMITS = CollectionLimits(scopes_per_slice=2)


def reading_of(job):
    return Reading.of(job, Context(run=job.run, scope=job.scope, view=RegistryView(NOW.date())))


def facts(name="example.com"):
    return IdentityFacts(name=name, identity_type="DOMAIN")


def test_it_leases_what_is_due_oldest_first_and_only_once():
    run = builders.run(state="running")
    late, soon, last = [builders.scope_run(run=run, due_at=NOW - timedelta(minutes=minutes)) for minutes in (5, 9, 1)]
    builders.scope_run(run=run, due_at=NOW + timedelta(seconds=1))

    assert lease_scopes(LIMITS, at=NOW) == [soon, late]
    assert lease_scopes(LIMITS, at=NOW) == [last]
    assert lease_scopes(LIMITS, at=NOW) == []


def test_a_lease_that_ended_goes_to_another_worker():
    job = builders.scope_run()
    first = lease_scopes(LIMITS, at=NOW)[0]
    assert lease_scopes(LIMITS, at=NOW + LIMITS.lease) == []

    second = lease_scopes(LIMITS, at=NOW + LIMITS.lease + timedelta(seconds=1))[0]

    assert (first.pk, second.pk) == (job.pk, job.pk)
    assert second.fence > first.fence


def test_it_refuses_to_write_without_the_lease():
    builders.scope_run()
    dead = reading_of(lease_scopes(LIMITS, at=NOW)[0])
    alive = reading_of(lease_scopes(LIMITS, at=NOW + timedelta(minutes=3))[0])

    save_identity(alive, facts(), at=NOW)
    with pytest.raises(LostLeaseError):
        save_identity(dead, facts("other.example.com"), at=NOW)

    assert Identity.objects.get().name == "example.com"


def test_a_lease_that_was_lost_is_not_given_back():
    builders.scope_run()
    first = lease_scopes(LIMITS, at=NOW)[0]
    second = lease_scopes(LIMITS, at=NOW + timedelta(minutes=3))[0]
    give_back([(first.pk, first.fence, NOW)])
    second.refresh_from_db()
    assert second.state == ScopeRun.State.LEASED


def test_an_older_answer_does_not_overwrite_a_newer_one():
    builders.scope_run()
    reading = reading_of(lease_scopes(LIMITS, at=NOW)[0])
    save_identity(reading, IdentityFacts("example.com", "DOMAIN", dkim_status="SUCCESS"), at=NOW)
    save_identity(reading, IdentityFacts("example.com", "DOMAIN", dkim_status="FAILED"), at=NOW - timedelta(seconds=1))
    assert Identity.objects.get().dkim_status == "SUCCESS"


def test_a_run_past_its_deadline_is_abandoned_and_the_next_one_reads_its_scopes(double):
    account = builders.account(account_id=ACCOUNT)
    double.put_identity(ACCOUNT, REGION, "example.com")
    builders.scope(account=account, region=REGION)
    dead = begin(at=timezone.now() - timedelta(days=2))
    builders.scope_run(run=dead, scope=account.scopes.get())

    assert abandon_overdue_runs(at=timezone.now()) == 1

    dead.refresh_from_db()
    assert (dead.state, dead.outcome) == ("abandoned", "failed")
    assert dead.scope_runs.get().error_code == "DeadlinePassed"
    following = begin()
    collector().work_to_the_end(following)
    assert report(following)["outcome"] == "complete"


WORKER = """
import django; django.setup()
from datetime import timedelta
from tests.collection.estate import collector
print("working", flush=True)
collector(rate=4, slice=timedelta(seconds=60), lease=timedelta(seconds=2)).work()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_scope_loses_nothing_and_doubles_nothing(double, settings):
    builders.account(account_id=ACCOUNT)
    names = [f"n{number}.example.com" for number in range(8)]
    for name in names:
        double.put_identity(ACCOUNT, REGION, name)
    run = begin()
    database = settings.DATABASES["default"]
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = os.environ | {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}
    with subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR) as worker:
        wait_for(lambda: ListedIdentity.objects.filter(state="read").count() >= 2)
        os.kill(worker.pid, signal.SIGKILL)
    read_before = ListedIdentity.objects.filter(state="read").count()
    assert read_before < len(names)
    assert CollectionRun.objects.get().state == "running"

    collector(rate=50).work_to_the_end(run)

    assert report(run)["scopes"][0]["outcome"] == "complete"
    assert sorted(Identity.objects.values_list("name", flat=True)) == names
    assert IdentityState.objects.count() == len(names)
    calls = [call["subject"] for call in double.calls(action="GetEmailIdentity")]
    assert len(calls) <= len(names) + 1
    assert len(double.calls(action="ListEmailIdentities")) == 1


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)

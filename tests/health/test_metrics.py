"""Metrics: Prometheus' text format, for a token whose user reads the whole inventory."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from inventory.models import ChainCheck, UnsealedEvent
from inventory.services.heartbeats import beat
from tests import builders
from tests.api.asking import asking
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db

SAMPLE = re.compile(r'^sesgov_[a-z_]+(\{[a-z]+="[a-z_]+"\})? -?[0-9.e+]+$')


def _samples(client: Client) -> dict[str, float]:
    response = client.get("/metrics")
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    assert all(SAMPLE.match(line) for line in lines), lines
    return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}


def test_they_count_the_whole_estate():
    world = estate.build()
    found = _samples(asking("viewer"))
    assert found['sesgov_scopes{sight="denied"}'] == 1
    assert found["sesgov_identities"] >= 1
    assert found[f'sesgov_findings_open{{severity="{world.finding.severity}"}}'] >= 1
    assert found['sesgov_findings_open{severity="low"}'] == 0


def test_what_is_not_known_has_no_sample():
    cache.clear()
    found = _samples(asking("viewer"))
    assert "sesgov_worker_heartbeat_timestamp_seconds" not in found
    assert "sesgov_last_complete_run_timestamp_seconds" not in found
    beat(at=timezone.now())
    builders.run(finished_at=NOW)
    found = _samples(asking("viewer"))
    assert found["sesgov_last_complete_run_timestamp_seconds"] == NOW.timestamp()
    assert abs(found["sesgov_worker_heartbeat_timestamp_seconds"] - timezone.now().timestamp()) < 60


def test_only_a_token_of_somebody_who_reads_everything_opens_them():
    assert client_of("admin").get("/metrics").status_code == 401
    assert Client().get("/metrics").status_code == 401
    assert asking("owner").get("/metrics").status_code == 403
    assert asking("auditor").get("/metrics").status_code == 200


def test_they_take_few_queries(django_assert_max_num_queries):
    estate.build()
    client = asking("viewer")
    client.get("/metrics")
    with django_assert_max_num_queries(10):
        client.get("/metrics")


def test_the_audit_chain_is_told():
    found = _samples(asking("viewer"))
    assert "sesgov_audit_chain_holds" not in found
    assert found["sesgov_audit_events_unsealed"] == UnsealedEvent.objects.count()
    ChainCheck.objects.create(checked_at=NOW, position=1, head="a" * 64, unsealed=0, problem="Position 1: ...")
    found = _samples(asking("viewer"))
    assert found["sesgov_audit_chain_holds"] == 0
    assert found["sesgov_audit_chain_checked_timestamp_seconds"] == NOW.timestamp()

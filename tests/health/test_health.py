"""Health: live without anything, ready with every part named, no secret in either."""

import json
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from redis import Redis

from inventory import tasks
from inventory.models import ChainCheck
from inventory.services.heartbeats import beat
from sesgov.health import parts
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _working():
    cache.clear()
    beat(at=timezone.now())


def _ready(status: int) -> dict[str, Any]:
    response = Client().get("/health/ready")
    assert response.status_code == status, response.content
    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert found["status"] == ("ok" if status == 200 else "failed")
    assert set(found["parts"]) == {"database", "broker", "worker", "collection", "audit"}
    assert all(part["reason"] for part in found["parts"].values())
    return dict(found["parts"])


def _broken(name: str, status: int = 503) -> dict[str, Any]:
    found = _ready(status)
    assert [each for each, part in found.items() if part["status"] != "ok"] == [name]
    return dict(found[name])


def test_live_needs_neither_database_nor_broker(django_assert_num_queries):
    with django_assert_num_queries(0), mock.patch.object(Redis, "execute_command", side_effect=AssertionError):
        response = Client().get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_every_part_works():
    assert {part["status"] for part in _ready(200).values()} == {"ok"}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/health/live/"])
def test_a_load_balancer_asks_by_address_and_over_plain_http(path, settings):
    settings.ALLOWED_HOSTS = ["sesgov.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client(headers={"Host": "10.1.2.3:8000"}).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_nothing_but_reading_is_taken(path):
    assert Client().post(path).status_code == 405


def test_a_database_that_is_away_is_named_without_its_address():
    fault = OperationalError('connection to server at "10.9.8.7", user "sesgov" failed: planted-detail')
    with mock.patch.object(connection, "cursor", side_effect=fault):
        response = Client().get("/health/ready")
    assert response.status_code == 503
    found = response.json()["parts"]
    assert (found["database"]["status"], found["collection"]["status"]) == ("failed", "failed")
    assert found["broker"]["status"] == "ok"
    assert "planted-detail" not in response.content.decode()
    assert "10.9.8.7" not in response.content.decode()


def test_a_migration_that_was_not_applied_is_named(monkeypatch):
    monkeypatch.setattr(parts, "_is_migrated", False)
    newest = MigrationRecorder.Migration.objects.filter(app="inventory").order_by("-name").first()
    assert newest
    newest.delete()
    assert _broken("database")["reason"] == "Migrations that have not been applied: 1. Run manage.py migrate."


def test_a_broker_that_is_away_is_named_and_leaves_the_worker_unknown(settings):
    settings.REDIS_URL = "redis://:planted-password@127.0.0.1:1/0"
    found = _broken("broker")
    assert found["reason"] == "Redis does not answer."


def test_a_worker_that_gave_no_sign_for_long_has_failed():
    beat(at=timezone.now() - timedelta(seconds=parts.LONGEST_SILENCE_SECONDS + 5))
    assert _broken("worker")["age_seconds"] > parts.LONGEST_SILENCE_SECONDS
    cache.clear()
    assert "age_seconds" not in _broken("worker")


def test_the_tick_is_the_workers_heartbeat(settings, monkeypatch):
    settings.SESGOV_COLLECT_AT = None
    monkeypatch.setattr(tasks.daily_reevaluation, "apply_async", lambda **_: None)
    cache.clear()
    assert _ready(503)["worker"]["status"] == "failed"
    tasks.tick()
    assert _ready(200)["worker"]["status"] == "ok"


def test_an_old_collection_is_late_and_takes_nobody_off_the_pages():
    builders.account()
    assert _broken("collection", status=200)["status"] == "late"
    run = builders.run(finished_at=timezone.now() - timedelta(hours=49))
    assert _broken("collection", status=200)["age_seconds"] == 49 * 3600
    run.finished_at = timezone.now() - timedelta(hours=1)
    run.save()
    assert _ready(200)["collection"]["age_seconds"] == 3600


def test_the_command_says_the_same_where_no_web_process_is(capsys):
    call_command("health")
    assert json.loads(capsys.readouterr().out)["status"] == "ok"
    cache.clear()
    call_command("health", "--part", "database", "--part", "broker")
    assert set(json.loads(capsys.readouterr().out)["parts"]) == {"database", "broker"}
    with pytest.raises(SystemExit) as ended:
        call_command("health", "--part", "worker")
    assert ended.value.code == 1


def test_a_chain_that_does_not_hold_is_said_without_taking_sesgov_away():
    found = {"position": 1, "head": "a" * 64, "unsealed": 0}
    ChainCheck.objects.create(checked_at=timezone.now() - timedelta(hours=1), problem="Position 1: ...", **found)
    assert "does not hold" in _broken("audit", status=200)["reason"]
    ChainCheck.objects.create(checked_at=timezone.now(), problem="", **found)
    assert _ready(200)["audit"]["status"] == "ok"


def test_a_chain_that_nobody_checks_any_more_is_said():
    checked_at = timezone.now() - timedelta(days=3)
    ChainCheck.objects.create(checked_at=checked_at, position=1, head="a" * 64, unsealed=0)
    assert _broken("audit", status=200)["status"] == "late"

"""The schedule: each due job once, however many beats there are."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.models import CollectionRun, ScheduledJob
from inventory.services import schedule
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.schedule import last_due, reevaluate_daily, start_scheduled_run
from tests import builders
from tests.builders import NOW

LIMITS = CollectionLimits()


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 7, 2, 12, tzinfo=UTC), datetime(2026, 7, 2, 0, tzinfo=UTC)),
        (datetime(2026, 7, 2, 0, tzinfo=UTC), datetime(2026, 7, 2, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 23, 59, tzinfo=UTC), datetime(2026, 7, 1, 0, tzinfo=UTC)),
        (datetime(2026, 12, 2, 12, tzinfo=UTC), datetime(2026, 12, 2, 1, tzinfo=UTC)),
    ],
)
def test_the_time_of_day_is_that_of_the_zone(at, due):
    assert last_due(at, time(2, 0), ZoneInfo("Europe/Berlin")) == due


@pytest.mark.django_db
def test_the_daily_run_starts_once():
    account = builders.account(created_at=NOW - timedelta(hours=1))
    run = start_scheduled_run(LIMITS, at=NOW)
    assert run is not None
    assert (run.trigger, run.wanted_accounts) == ("schedule", [account.account_id])
    assert start_scheduled_run(LIMITS, at=NOW + timedelta(minutes=1)) is None
    assert start_scheduled_run(LIMITS, at=NOW + timedelta(days=1)) is not None
    assert ScheduledJob.objects.filter(job="collect").count() == 2


@pytest.mark.django_db
def test_it_waits_for_accounts_and_until_they_are_all_entered():
    assert start_scheduled_run(LIMITS, at=NOW) is None
    builders.account(created_at=NOW - timedelta(seconds=5))
    assert start_scheduled_run(LIMITS, at=NOW) is None
    assert start_scheduled_run(LIMITS, at=NOW + timedelta(minutes=2)) is not None


@pytest.mark.django_db
def test_it_never_starts_where_the_settings_say_never(settings):
    settings.SESGOV_COLLECT_AT = None
    builders.account()
    assert start_scheduled_run(LIMITS, at=NOW + timedelta(days=1)) is None
    assert not CollectionRun.objects.exists()


@pytest.mark.django_db
def test_stored_facts_are_judged_once_a_day():
    assert reevaluate_daily(at=NOW)
    assert not reevaluate_daily(at=NOW + timedelta(hours=1))
    assert reevaluate_daily(at=NOW + timedelta(days=1))


@pytest.mark.django_db
def test_who_dies_over_the_daily_judgement_is_relieved(monkeypatch):
    def dies(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(schedule, "reevaluate", dies)
        with pytest.raises(KeyboardInterrupt):
            reevaluate_daily(at=NOW)
    assert not schedule.is_reevaluation_due(at=NOW + timedelta(minutes=30))
    assert schedule.is_reevaluation_due(at=NOW + timedelta(hours=2))
    assert reevaluate_daily(at=NOW + timedelta(hours=2))
    assert not reevaluate_daily(at=NOW + timedelta(hours=4))


@pytest.mark.django_db
def test_a_new_engine_judges_at_once(monkeypatch):
    assert reevaluate_daily(at=NOW)
    monkeypatch.setattr(schedule, "ENGINE_VERSION", "next")
    assert reevaluate_daily(at=NOW + timedelta(minutes=1))
    assert not reevaluate_daily(at=NOW + timedelta(minutes=2))

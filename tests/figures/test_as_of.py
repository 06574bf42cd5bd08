"""As of the end of a past day: what the intervals say is what the snapshot of that day says."""

from datetime import timedelta

import pytest
import time_machine

from inventory.models import FigureSnapshot, Outcome
from sesgov.figures import Facts, all_figures
from sesgov.figures.catalogue import SERIES
from sesgov.figures.shapes import Point
from sesgov.figures.snapshots import fill_snapshots
from tests import builders
from tests.api.asking import ROOT, answer, asking
from tests.builders import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

TODAY = NOW.date()


def days(number: float) -> timedelta:
    return timedelta(days=number)


def look(scope: object, back: float, outcome: str = "complete") -> None:
    builders.scope_run(run=builders.run(), scope=scope, state="done", outcome=outcome, finished_at=NOW - days(back))


@pytest.fixture
def history():
    """Twelve days of two accounts; one of them is refused on the fifth day before now, and a stranger came before."""
    open_place, closed_place = (builders.scope(baseline_at=NOW - days(12)) for _ in range(2))
    team = builders.team()
    for place, since in ((open_place, 11), (closed_place, 8)):
        identity = builders.identity(scope=place, first_seen_at=NOW - days(12), owner_team=team)
        builders.delegation(identity=identity, account_id="999988887777", first_seen_at=NOW - days(since))
        builders.finding(identity=identity, first_opened_at=NOW - days(since))
        fixed = builders.finding(identity=identity, presence="absent", subject="fixed")
        builders.episode(finding=fixed, opened_at=NOW - days(since), closed_at=NOW - days(since - 4))
        builders.episode(finding=fixed, opened_at=NOW - days(2), closed_at=NOW - days(1))
    text = builders.document(builders.allow("*", "arn:aws:ses:eu-west-1:111122223333:identity/example.com"))
    builders.policy(identity=identity, text=text, from_at=NOW - days(9))
    for back in range(11, 0, -1):
        look(open_place, back)
        look(closed_place, back, Outcome.DENIED if back == 5 else Outcome.COMPLETE)
    return closed_place


def told(on, user=None):
    found = all_figures(Facts.of_day(user or builders.user("viewer"), on))
    return {each.key: each for each in found if each.has_days}


@pytest.mark.parametrize("back", [1, 3, 5, 9, 12])
def test_a_past_day_says_what_its_snapshot_says(history, back):
    fill_snapshots(until=TODAY, at=NOW)
    on = TODAY - days(back)
    stored = {row.key: row for row in FigureSnapshot.objects.filter(on=on, account=None)}
    figures = told(on)
    # What has no tile of its own is drawn from the snapshots alone.
    assert {series.key for series in SERIES} - figures.keys() == {"public_policies", "open_findings", "coverage"}
    assert stored.keys() & figures.keys()
    for key, figure in figures.items():
        row = stored.get(key)
        said = (None, 0) if row is None else (row.value, row.of or 0)
        assert (figure.reading, figure.n) == said, key
        if row is not None:
            assert figure.is_stale == row.is_stale, key
    FigureSnapshot.objects.all().delete()
    for key, figure in told(on).items():
        was = figures[key]
        assert (figure.reading, figure.n, figure.is_stale) == (was.reading, was.n, was.is_stale), key


def test_a_day_with_a_denied_account_carries_its_value_and_the_trend_is_unbroken(history):
    fill_snapshots(until=TODAY, at=NOW)
    before, denied, after = (told(TODAY - days(back))["strangers"] for back in (6, 5, 4))
    assert [each.value for each in (before, denied, after)] == ["1", "1", "1"]
    assert [each.is_stale for each in (before, denied, after)] == [False, True, False]
    assert denied.coverage == "1 of 2 account regions completely seen within 48 hours"
    trend = told(TODAY - days(1))["posture"].trend
    assert [point.on for point in trend] == [TODAY - days(back) for back in range(12, 0, -1)]
    assert [point.on for point in trend if point.is_stale] == [TODAY - days(12), TODAY - days(5)]
    account = FigureSnapshot.objects.filter(account=history.account, key="posture", on=TODAY - days(5)).get()
    assert Point(account.on, account.value, account.of, account.is_stale) == Point(account.on, 0, 1, is_stale=True)


def test_what_happens_later_does_not_change_a_day(history):
    on = TODAY - days(7)
    before = {key: (each.value, each.n) for key, each in told(on).items()}
    for row in builders.identity(scope=history), builders.identity():
        builders.delegation(identity=row, account_id="888877776666", first_seen_at=NOW - days(1))
        builders.finding(identity=row, first_opened_at=NOW - days(1), subject="later")
    with time_machine.travel(NOW + days(3), tick=False):
        after = {key: (each.value, each.n) for key, each in told(on).items()}
    for key in before.keys() - {"posture", "owners"}:
        assert after[key] == before[key], key


def test_a_past_day_has_no_lists_and_is_compared_with_the_days_before_it(history):
    fill_snapshots(until=TODAY, at=NOW)
    figures = all_figures(Facts.of_day(builders.user("viewer"), TODAY - days(2)))
    assert all(figure.links == () for figure in figures)
    strangers = next(each for each in figures if each.key == "strangers")
    assert strangers.trend[-1].on == TODAY - days(2)


def test_the_api_answers_for_a_day(history):
    fill_snapshots(until=TODAY, at=NOW)
    client = asking("viewer")
    now = {each["key"]: each for each in answer(client, "/figures")["items"]}
    then = {each["key"]: each for each in answer(client, "/figures", on=str(TODAY - days(5)))["items"]}
    assert then.keys() == now.keys() >= {"half_fixed", "open_time", "in_time", "reopened", "open_age", "reviewed"}
    assert then["strangers"]["is_stale"]
    assert not then["strangers"]["links"]
    assert then["remediation"]["n"] == 1
    assert answer(client, "/figures/remediation", on=str(TODAY - days(5)))["n"] == 1
    for asked in ("2030-01-01", "1999-01-01", "soon", ""):
        response = client.get(f"{ROOT}/figures", {"on": asked})
        assert response.status_code == 422
        assert response.json()["detail"][0]["loc"] == ["query", "on"]
    assert answer(client, "/figures", on=str(TODAY))["items"][0]["links"]

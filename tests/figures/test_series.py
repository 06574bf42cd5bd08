"""Figures over time: counted from intervals, at any instant, equal to what the lists count now."""

from datetime import timedelta

import pytest
import time_machine

from inventory.models import FigureSnapshot, FindingEpisode, Outcome, Role, ScheduledJob, Scope
from inventory.services.schedule import is_daily_due
from sesgov.figures import Facts, all_figures
from sesgov.figures.catalogue import SERIES
from sesgov.figures.days import until
from sesgov.figures.series import Population, Series, measured
from sesgov.figures.shapes import Point
from sesgov.figures.snapshots import JOB, fill_daily, fill_snapshots
from sesgov.tasks import daily_figures
from tests import builders
from tests.builders import NOW
from tests.pages import estate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

BY_KEY = {series.key: series for series in SERIES}


def days(number: float) -> timedelta:
    return timedelta(days=number)


def now(series: Series, population: Population | None = None) -> Point | None:
    """What the intervals say of this instant, of all accounts together."""
    points = measured(series, population or Population.estate(), [until(NOW)])
    return next((point for account, point in points if account is None), None)


@pytest.mark.parametrize("role", [Role.SECURITY, Role.OWNER])
def test_at_this_instant_the_intervals_say_what_the_tiles_say(role):
    world = estate.build()
    for reach, trust in (("public", "unknown"), ("organization", "organization"), ("undetermined", "unknown")):
        builders.delegation(reach=reach, trust=trust, account_id="", principal="*")
    builders.delegation(
        account_id="123456789012", trust="placeholder", identity=builders.identity(owner_team=world.team)
    )
    builders.delegation(account_id="210987654321", can_send=False)
    builders.delegation(reach="undetermined", trust="unknown", can_send=False, account_id="", principal="*")
    user = builders.user(role, teams=[world.team])
    # What could not be seen counts as it was seen last; a tile leaves it out.
    Scope.objects.filter(last_outcome=Outcome.DENIED).update(is_expected=False)
    for figure in all_figures(Facts(user, NOW)):
        if not figure.has_days:
            continue
        point = now(BY_KEY[figure.key], Population.of(user))
        said = (None, 0) if point is None else (point.value, point.of or 0)
        assert said == (figure.reading, figure.n), figure.key


def episode(opened: float, closed: float | None, **fields: object) -> FindingEpisode:
    """Days after the beginning of the worked example, which is 90 days ago."""
    start = NOW - days(90)
    return builders.episode(
        finding=fields.pop("finding", None) or builders.finding(presence="absent", subject=f"{opened} {closed}"),
        opened_at=start + days(opened),
        closed_at=None if closed is None else start + days(closed),
        **fields,
    )


def worked_example() -> None:
    """The nine episodes of the design, in a window of 90 days that ends now."""
    builders.scope(baseline_at=NOW - days(200))
    reopened = builders.finding(presence="absent")
    episode(0, 10)
    episode(0, 40)
    episode(5, None)
    episode(20, 25, finding=reopened)
    episode(30, 60, finding=reopened)
    episode(50, 55, reason=FindingEpisode.Reason.APPROVED)
    episode(-30, 10)
    episode(70, None)
    episode(-60, None)


def test_the_worked_example():
    worked_example()
    tile = all_figures(Facts(builders.user("viewer"), NOW))[3]
    assert (tile.value, tile.n) == ("25.0 days", 5)
    assert tile.notes[0].startswith("median 30.0 days")
    assert now(BY_KEY["remediation"]) == Point(NOW.date(), 125 * 86_400, 5, is_stale=True)
    assert now(BY_KEY["open_age"]) == Point(NOW.date(), 255 * 86_400, 3, is_stale=True)
    assert now(BY_KEY["open_findings"]) == Point(NOW.date(), 3, None, is_stale=True)


def test_an_episode_counts_in_every_window_that_holds_its_end():
    worked_example()
    fill_snapshots(until=NOW.date(), at=NOW)
    start = (NOW - days(90)).date()
    points = {
        row.on: (row.value / 86_400, row.of) for row in FigureSnapshot.objects.filter(key="remediation", account=None)
    }
    assert points[start + days(10)] == (10 + 40, 2)
    assert start + days(9) not in points
    assert points[start + days(26)] == (10 + 40 + 5, 3)


def look(scope: object, at: object, outcome: str = "complete") -> None:
    builders.scope_run(run=builders.run(), scope=scope, state="done", outcome=outcome, finished_at=at)


def test_each_day_says_what_was_so_at_its_end():
    place = builders.scope(baseline_at=NOW - days(10))
    identity = builders.identity(scope=place, first_seen_at=NOW - days(10))
    other = builders.identity(first_seen_at=NOW - days(10), scope=builders.scope(baseline_at=NOW - days(10)))
    builders.delegation(identity=identity, account_id="999988887777", first_seen_at=NOW - days(4))
    builders.delegation(identity=other, account_id="999988887777", first_seen_at=NOW - days(2))
    assert fill_snapshots(until=NOW.date(), at=NOW) == 10
    stored = FigureSnapshot.objects.filter(key="strangers", account=None).order_by("on")
    assert [row.value for row in stored] == [0] * 6 + [1] * 4
    of_accounts = FigureSnapshot.objects.filter(key="strangers", on=NOW.date() - days(1)).exclude(account=None)
    assert [row.value for row in of_accounts] == [1, 1]
    posture = FigureSnapshot.objects.filter(key="posture", account=None).order_by("on")
    assert [(row.value, row.of) for row in posture] == [(2, 2)] * 6 + [(1, 2)] * 2 + [(0, 2)] * 2


def test_a_day_without_a_complete_look_carries_the_last_value_and_says_so():
    place = builders.scope(baseline_at=NOW - days(5))
    builders.delegation(
        identity=builders.identity(scope=place, first_seen_at=NOW - days(5)), first_seen_at=NOW - days(5)
    )
    look(place, NOW - days(5))
    look(place, NOW - days(4))
    look(place, NOW - days(3), Outcome.DENIED)
    look(place, NOW - days(1))
    fill_snapshots(until=NOW.date(), at=NOW)
    for account in (None, place.account):
        rows = FigureSnapshot.objects.filter(key="strangers", account=account).order_by("on")
        assert [(row.value, row.is_stale) for row in rows] == [(1, False), (1, False), (1, True), (1, True), (1, False)]
    seen = FigureSnapshot.objects.filter(key="coverage", account=None).order_by("on")
    assert [row.value for row in seen] == [1, 1, 0, 0, 1]


def test_filling_again_changes_nothing_and_mends_what_was_wrong():
    builders.delegation(identity=builders.identity(scope=builders.scope(baseline_at=NOW - days(9))))
    fill_snapshots(until=NOW.date(), at=NOW)
    before = list(FigureSnapshot.objects.order_by("pk").values())
    FigureSnapshot.objects.update(value=4711)
    fill_snapshots(until=NOW.date(), at=NOW)
    assert list(FigureSnapshot.objects.order_by("pk").values()) == before


def test_nothing_is_stored_of_a_day_that_is_not_over():
    builders.scope(baseline_at=NOW)
    assert fill_snapshots(until=NOW.date(), at=NOW) == 0
    assert not FigureSnapshot.objects.exists()


def test_an_identity_that_is_gone_is_counted_on_the_days_on_which_it_was_there():
    place = builders.scope(baseline_at=NOW - days(6))
    identity = builders.identity(scope=place, first_seen_at=NOW - days(6), gone_at=NOW - days(3))
    identity.states.update(to_at=NOW - days(3))
    fill_snapshots(until=NOW.date(), at=NOW)
    rows = FigureSnapshot.objects.filter(key="owners", account=None).order_by("on")
    assert [(row.value, row.of) for row in rows] == [(0, 1)] * 3


def test_the_daily_job_takes_the_day_that_is_over_and_those_that_were_missed():
    builders.delegation(identity=builders.identity(scope=builders.scope(baseline_at=NOW - days(9))))
    fill_snapshots(until=NOW.date() - days(5), at=NOW)
    assert is_daily_due(JOB, at=NOW)
    assert daily_figures() is True
    taken = set(FigureSnapshot.objects.values_list("on", flat=True))
    assert max(taken) == NOW.date() - days(1)
    assert len(taken) == 9
    FigureSnapshot.objects.all().delete()
    assert daily_figures() is False
    assert not FigureSnapshot.objects.exists()
    with time_machine.travel(NOW + days(1), tick=False):
        assert daily_figures() is True


def test_two_beats_take_it_once():
    builders.delegation(identity=builders.identity(scope=builders.scope(baseline_at=NOW - days(3))))
    assert [fill_daily(at=NOW), fill_daily(at=NOW)] == [True, False]
    assert ScheduledJob.objects.get(job=JOB).finished_at == NOW

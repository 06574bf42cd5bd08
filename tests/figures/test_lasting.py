"""The worked example of the design through the database, and what the figures of the page make of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inventory.models import FigureSnapshot, FindingEpisode
from inventory.services.settings.changes import change_settings
from sesgov.figures import Facts, all_figures
from sesgov.figures.lasting import lasting
from sesgov.figures.survival import share_open
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

START = NOW - timedelta(days=90)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def episode(opened: float, closed: float | None = None, **fields: object) -> None:
    """Days after the beginning of the window of 90 days that ends now."""
    if closed is None:
        builders.finding(subject=f"{opened}", first_opened_at=START + days(opened))
        return
    finding = fields.pop("finding", None) or builders.finding(presence="absent", subject=f"{opened} {closed} {fields}")
    builders.episode(finding=finding, opened_at=START + days(opened), closed_at=START + days(closed), **fields)


def worked_example() -> None:
    """e1 to e9."""
    builders.scope(baseline_at=NOW - days(200))
    came_back = builders.finding(presence="absent", subject="came back")
    episode(0, 10)
    episode(0, 40)
    episode(5)
    episode(20, 25, finding=came_back)
    episode(30, 60, finding=came_back)
    episode(50, 55, reason=FindingEpisode.Reason.APPROVED)
    episode(-30, 10)
    episode(70)
    episode(-60)


def within(number: int) -> None:
    change_settings({"remediation_days": str(number)}, acting_user=builders.user("admin"), at=NOW)


def figures(role: str = "viewer"):
    return {each.key: each for each in all_figures(Facts(builders.user(role), NOW))}


def test_the_worked_example():
    worked_example()
    within(30)
    period = lasting(Facts(builders.user("viewer"), NOW)).period
    curve = [round(share_open(period.steps, days(age)), 4) for age in (5, 10, 30, 40)]
    assert curve == [0.8571, 0.6857, 0.4571, 0.1524]
    assert period.median == days(30)
    assert period.restricted_mean is not None
    assert round(period.restricted_mean / days(1), 2) == 35.19
    assert period.kept == (3, 6)
    found = figures()
    values = {key: (found[key].value, found[key].n) for key in ("remediation", "half_fixed", "open_time", "open_age")}
    assert values == {
        "remediation": ("25.0 days", 5),
        "half_fixed": ("30.0 days", 9),
        "open_time": ("35.2 days", 9),
        "open_age": ("85.0 days", 3),
    }
    assert found["remediation"].notes[0].startswith("median 30.0 days")
    assert (found["in_time"].reading, found["in_time"].n, found["in_time"].value) == (3, 6, "50 %")
    assert (found["reopened"].reading, found["reopened"].n) == (1, 5)


def test_what_was_watched_is_open_or_fixed_or_ended_otherwise():
    worked_example()
    figure = figures()["half_fixed"]
    assert [link.count for link in figure.links] == [3, 5]
    assert figure.notes == ("1 ended in another way",)
    assert figure.n == 3 + 5 + 1


def test_the_target_is_the_one_in_force():
    worked_example()
    within(8)
    found = figures()
    assert found["in_time"].target == "each within 8 days"
    assert (found["in_time"].reading, found["in_time"].n) == (1, 6)
    assert not found["half_fixed"].is_met
    within(60)
    assert figures()["half_fixed"].is_met


def test_what_the_first_look_found_hints_and_approvals_are_in_none_of_them():
    worked_example()
    before = {key: (each.value, each.n) for key, each in figures().items()}
    episode(10, 11, is_baseline=True)
    for fields in ({"severity": "info"}, {"rule_id": "unapproved-delegation"}):
        other = builders.finding(presence="absent", **fields)
        builders.episode(finding=other, opened_at=START, closed_at=START + days(1))
    after = {key: (each.value, each.n) for key, each in figures().items()}
    for key in ("remediation", "half_fixed", "open_time", "open_age", "in_time", "reopened"):
        assert after[key] == before[key], key
    first_look = lasting(Facts(builders.user("viewer"), NOW)).first_look
    assert (first_look.median, len(first_look.watched)) == (days(1), 1)


def test_each_is_compared_with_the_90_days_before():
    episode(-80, -60)
    episode(10, 20)
    found = figures()
    assert (found["half_fixed"].value, found["half_fixed"].previous) == ("10.0 days", "20.0 days")
    assert found["half_fixed"].direction == "better"
    assert found["open_time"].previous == "20.0 days"


def test_a_curve_that_stays_above_a_half_says_that_it_is_not_reached():
    episode(0, 10)
    for opened in (0, 1, 2):
        episode(opened)
    figure = figures()["half_fixed"]
    assert (figure.value, figure.missing, figure.is_met) == (None, "not reached", None)


def test_without_an_episode_there_is_no_data():
    builders.scope(baseline_at=NOW - days(200))
    found = figures()
    keys = ("remediation", "half_fixed", "open_time", "open_age", "in_time", "reopened")
    assert [(found[key].value, found[key].missing) for key in keys] == [(None, "no data")] * 6


def test_an_owner_sees_what_lasts_on_their_own_identities():
    team = builders.team()
    mine = builders.identity(owner_team=team)
    finding = builders.finding(presence="absent", identity=mine)
    builders.episode(finding=finding, opened_at=START, closed_at=START + days(4))
    episode(0, 40)
    found = {each.key: each for each in all_figures(Facts(builders.user("owner", teams=[team]), NOW))}
    assert (found["half_fixed"].value, found["half_fixed"].n) == ("4.0 days", 1)


def test_the_page_draws_the_curve_and_shows_the_numbers_beside_it():
    worked_example()
    within(30)
    FigureSnapshot.objects.create(on=NOW.date() - days(1), key="posture", value=0, of=1, is_stale=False)
    page = text_of(client_of("viewer"), reverse("figures"))
    curve = page[page.index('id="curve-title"') :]
    assert '<path class="line" d="M0 0H' in curve
    assert ">46 %</td>" in curve
    assert ">3 of 6</td>" in page

"""Ages, owners and accounts: numbers that add up, and lists of those lengths."""

import html
import re
from datetime import timedelta

import pytest

from inventory.models import RiskAcceptance
from inventory.services.findings.risk_acceptances import ask_acceptance, decide_acceptance
from sesgov.figures import Facts
from sesgov.figures.by_account import by_account
from sesgov.figures.by_owner import by_owner
from sesgov.figures.catalogue import SERIES
from sesgov.figures.open_ages import open_ages
from sesgov.figures.snapshots import fill_snapshots
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def days(number: float) -> timedelta:
    return timedelta(days=number)


def length(client, url: str) -> int:
    total = re.search(r'<strong class="figure">(\d+)</strong>', html.unescape(text_of(client, url)))
    assert total is not None, url
    return int(total[1])


def test_ages_are_whole_days_by_severity_and_lead_to_lists_of_those_lengths():
    for number, age in enumerate((0, 7.9, 8, 30.9, 31, 90.9, 91, 300)):
        severity = "high" if number % 2 else "critical"
        builders.finding(subject=f"{age}", severity=severity, first_opened_at=NOW - days(age))
    builders.finding(severity="info", subject="hint")
    builders.finding(rule_id="unapproved-delegation", severity="low", first_opened_at=NOW - days(10))
    user = builders.user("security")
    rows = open_ages(Facts(user, NOW))
    assert [(row.label, [each.count for each in row.ages], row.total.count) for row in rows] == [
        ("Critical", [1, 1, 1, 1], 4),
        ("High", [1, 1, 1, 1], 4),
        ("Medium", [0, 0, 0, 0], 0),
        ("Low", [0, 1, 0, 0], 1),
        ("All", [2, 3, 2, 2], 9),
    ]
    client = client_for(user)
    for link in (link for row in rows[1:] for link in (*row.ages, row.total, row.accepted)):
        assert length(client, link.url) == link.count, link


def test_an_age_that_is_none_shows_nothing():
    builders.finding()
    client = client_for(builders.user("security"))
    for asked in ("old", "1-2-3", "-7", "9999999999-"):
        assert length(client, f"/findings/?age={asked}") == 0


def accept(finding):
    asked = ask_acceptance(
        finding, kind="risk", justification="The sender is known, its limits narrow.", until=NOW.date() + days(20),
        acting_user=builders.user("security"), at=NOW,
    )  # fmt: skip
    decide_acceptance(asked.pk, is_approved=True, comment="", acting_user=builders.user("security"), at=NOW)


def test_what_is_accepted_stands_apart_from_its_decision_to_its_last_day():
    finding = builders.finding(first_opened_at=NOW - days(10))
    accept(finding)
    user = builders.user("security")
    row = open_ages(Facts(user, NOW))[-1]
    assert (row.total.count, row.accepted.count) == (0, 1)
    assert length(client_for(user), row.accepted.url) == 1
    before = open_ages(Facts.of_day(user, NOW.date() - days(1)))[-1]
    assert (before.total.count, before.accepted.count, before.total.url) == (1, 0, "")
    until = RiskAcceptance.objects.get().until
    for on, expected in ((until, 1), (until + days(1), 0)):
        assert open_ages(Facts.of_day(user, on))[-1].accepted.count == expected


def test_a_past_day_shows_what_was_open_then():
    finding = builders.finding(presence="absent")
    builders.episode(finding=finding, opened_at=NOW - days(20), closed_at=NOW - days(5))
    builders.finding(subject="new", first_opened_at=NOW - days(2))
    row = open_ages(Facts.of_day(builders.user("viewer"), NOW.date() - days(8)))[-1]
    assert [each.count for each in row.ages] == [0, 1, 0, 0]


def test_ten_owners_the_others_and_all_add_up():
    user = builders.user("security")
    for number in range(12):
        identity = builders.identity(owner_team=builders.team(name=f"Team {number:02}"))
        for each in range(12 - number):
            builders.finding(identity=identity, subject=f"{each}", first_opened_at=NOW - days(40 if each else 1))
    person = builders.identity(owner_user=builders.user("owner", name="Ada"))
    fixed = builders.finding(identity=person, presence="absent")
    builders.episode(finding=fixed, opened_at=NOW - days(9), closed_at=NOW - days(3))
    builders.finding(identity=builders.identity())
    rows = by_owner(Facts(user, NOW))
    assert [row.label for row in rows][9:] == ["Team 09", "4 others", "All"]
    assert [row.open.count for row in rows] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 4, 79]
    assert sum(row.open.count for row in rows[:-1]) == rows[-1].open.count
    assert sum(row.old.count for row in rows[:-1]) == rows[-1].old.count == 66
    assert (rows[-1].fixed, rows[-1].mean, rows[0].mean) == (1, "6.0 days", None)
    client = client_for(user)
    for row in (*rows[:3], rows[-1]):
        for link in (row.open, row.old):
            assert length(client, link.url) == link.count, link
    assert rows[-2].open.url == ""


def test_a_finding_belongs_to_whom_its_identity_belonged_then():
    identity = builders.identity(owner_team=builders.team(name="Now"), first_seen_at=NOW - days(9))
    builders.finding(identity=identity, first_opened_at=NOW - days(9))
    before = builders.team(name="Before")
    identity.states.update(from_at=NOW - days(3))
    identity.states.create(from_at=NOW - days(9), to_at=NOW - days(3), owner_team=before, owner_source="tag")
    user = builders.user("viewer")
    assert [row.label for row in by_owner(Facts(user, NOW))] == ["Now", "All"]
    then = by_owner(Facts.of_day(user, NOW.date() - days(5)))
    assert [(row.label, row.open.count, row.open.url) for row in then] == [("Before", 1, ""), ("All", 1, "")]


def test_ten_accounts_the_others_and_all_add_up():
    for number in range(12):
        place = builders.scope(baseline_at=NOW - days(3))
        identity = builders.identity(scope=place, first_seen_at=NOW - days(3))
        for each in range(12 - number):
            builders.finding(identity=identity, subject=f"{each}", first_opened_at=NOW - days(3))
        builders.delegation(identity=identity, account_id="999988887777", first_seen_at=NOW - days(3))
    fill_snapshots(until=NOW.date(), at=NOW)
    rows = by_account(NOW.date() - days(1), {series.key: series.unit for series in SERIES})
    assert [row.label for row in rows[-2:]] == ["2 others", "All"]
    cells = [{cell.head: cell for cell in row.cells} for row in rows]
    found = [int(row["Open findings"].text or "") for row in cells]
    assert found == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 3, 78]
    assert sum(found[:-1]) == found[-1]
    assert sum(row["In order"].of or 0 for row in cells[:-1]) == cells[-1]["In order"].of == 12
    assert (cells[-2]["Unknown or unverified"].is_no_sum, cells[-1]["Unknown or unverified"].text) == (True, "1")
    assert cells[-2]["Time to remediate"].text is None

"""The page of figures: as of a day, with a table beside every chart, of the estate and of one account."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import RiskAcceptance
from sesgov.figures.snapshots import fill_snapshots
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

URL = reverse("figures")


def days(number: float) -> timedelta:
    return timedelta(days=number)


def fill() -> None:
    """Forty days of one stranger, and from the tenth day before now on of another."""
    place = builders.scope(baseline_at=NOW - days(40), account=builders.account(name="shop-production"))
    identity = builders.identity(scope=place, first_seen_at=NOW - days(40))
    builders.delegation(identity=identity, account_id="999988887777", first_seen_at=NOW - days(40))
    builders.delegation(identity=identity, account_id="888877776666", first_seen_at=NOW - days(10))
    fill_snapshots(until=NOW.date(), at=NOW)


def chart(page: str, key: str) -> str:
    found = re.search(rf'aria-labelledby="chart-{key}".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_before_a_day_was_counted_it_says_when_one_will_be():
    page = text_of(client_of("viewer"), URL)
    assert "No day has been counted yet." in page
    assert '<svg class="chart-lines' not in page


def test_it_shows_the_last_whole_day_and_the_one_before():
    fill()
    found = chart(text_of(client_of("viewer"), URL), "strangers")
    assert '<span class="figure">2</span>' in found
    assert "30 days before: 1" in found
    assert "2026-11-01" in found
    assert "2026-11-02" not in found


def test_as_of_a_day_it_shows_what_was_so_then():
    fill()
    page = text_of(client_of("viewer"), f"{URL}?on=2026-10-15")
    assert '<span class="figure">1</span>' in chart(page, "strangers")
    assert "2026-10-16" not in chart(page, "strangers")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("yesterday", "“yesterday” is no day. Write it as 2026-11-01."),
        ("2026-13-45", "“2026-13-45” is no day."),
        ("1999-01-01", "Nothing was counted before 2026-09-23, so nothing can be said of 1999-01-01."),
        ("2030-01-01", "2030-01-01 is still to come. The last day that is over and counted is 2026-11-01."),
    ],
)
def test_a_day_that_was_not_counted_is_said_to_be_none(asked, said):
    fill()
    page = text_of(client_of("viewer"), f"{URL}?on={asked}")
    assert said in page
    assert "Shown is how it stands now." in page


def test_a_number_of_a_past_day_leads_to_no_list_and_the_page_says_why():
    fill()
    client = client_of("viewer")
    assert "/delegates/?trust=unregistered" in text_of(client, URL)
    page = text_of(client, f"{URL}?on=2026-10-15")
    assert "no number of a past day leads to one" in page
    assert not re.search(r'href="/(findings|identities|delegates|remediated|policies)/\?', page[page.index("<main") :])


def test_the_table_beside_a_chart_has_every_day():
    fill()
    found = chart(text_of(client_of("viewer"), URL), "strangers")
    assert found.count("<tr><td data-label") == 40


def test_one_account_has_its_own_figures():
    fill()
    other = builders.account(account_id="555544443333")
    client = client_of("viewer")
    assert "shop-production" in text_of(client, URL)
    assert "Too few days are known" in chart(text_of(client, f"{URL}?account={other.account_id}"), "strangers")
    assert client.get(URL, {"account": "000011112222"}).status_code == 404


def test_weeks_count_what_was_opened_fixed_and_accepted():
    fill()
    builders.finding(first_opened_at=NOW - days(3))
    builders.finding(first_opened_at=NOW - days(3), subject="2", severity="info")
    fixed = builders.finding(presence="absent", subject="3")
    builders.episode(finding=fixed, opened_at=NOW - days(300), closed_at=NOW - days(3))
    builders.episode(finding=fixed, opened_at=NOW - days(320), closed_at=NOW - days(310))
    accepted = builders.finding(first_opened_at=NOW - days(320), subject="4")
    asks, decides = builders.user("owner"), builders.user("security")
    RiskAcceptance.objects.create(
        finding=accepted, kind="risk", severity="high", justification="Why.",
        requested_by=asks, requested_at=NOW - days(5),
        until=NOW.date() + days(30), decided_by=decides, decided_at=NOW - days(4), decision="approved",
    )  # fmt: skip
    page = text_of(client_of("viewer"), URL)
    row = re.search(r">2026-10-26</td>(.*?)</tr>", page[page.index('id="weeks-title"') :])
    assert row is not None
    assert re.findall(r">(\d+)</td>", row[1]) == ["1", "1", "1"]


def test_its_queries_do_not_grow_with_the_estate():
    fill()
    client = client_of("security")
    with CaptureQueriesContext(connection) as few:
        text_of(client, URL)
    for _ in range(5):
        builders.delegation(identity=builders.identity(scope=builders.scope(baseline_at=NOW - days(20))))
    fill_snapshots(until=NOW.date(), at=NOW)
    with CaptureQueriesContext(connection) as many:
        text_of(client, URL)
    assert len(many) == len(few) <= 70

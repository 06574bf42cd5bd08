"""The first look, the cases and the groups: each number leads to a list of exactly that length."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Finding, FindingEpisode
from inventory.rows.finding_groups import share_text
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
TODAY = NOW.date()
PARTNER, OTHER, STRANGER = "444455556666", "555566667777", "999988887777"
PAGE = "/findings/first-look/"


def _found(**fields) -> Finding:
    """A finding of the first look."""
    finding = builders.finding(**fields)
    if not FindingEpisode.objects.filter(finding=finding).update(is_baseline=True):
        builders.episode(finding=finding, closed_at=NOW, is_baseline=True)
    return finding


def _estate() -> None:
    """A vendor with two accounts, a stranger, anyone, a policy by itself; one accepted, one gone, one found later."""
    vendor = builders.vendor(name="Brightmail")
    for number in (PARTNER, OTHER):
        builders.account(account_id=number, relationship="partner", vendor=vendor)
    shop, news = builders.identity(sending_name="example.com"), builders.identity(sending_name="example.net")
    _found(identity=shop, subject=PARTNER)
    _found(identity=shop, subject=PARTNER, rule_id="whole-account-delegate", severity="medium")
    _found(identity=news, subject=OTHER, severity="medium", rule_id="no-from-restriction")
    _found(identity=news, subject=STRANGER)
    _found(identity=news, subject="*", severity="critical", rule_id="public-send")
    _found(identity=news, subject="", severity="low", rule_id="dead-deny")
    _found(identity=news, subject="AIDAEXAMPLE", severity="low", rule_id="dangling-delegate")
    _found(identity=shop, subject="777788889999", disposition="risk_accepted", disposition_until=TODAY)
    _found(
        identity=shop, subject="777788889990", disposition="risk_accepted", disposition_until=TODAY - timedelta(days=1)
    )
    _found(identity=shop, subject="777788889991", presence="absent")
    _found(identity=shop, subject="777788889992", severity="info")
    builders.finding(identity=shop, subject="777788889993")


def _length(client: Client, url: str) -> int:
    found = re.search(r'<strong class="figure">(\d+)</strong>', text_of(client, unescape(url)))
    assert found is not None, url
    return int(found[1])


def _links(page: str, begin: str, words: str) -> list[tuple[str, int]]:
    """Addresses and the number that each of them promises."""
    found = re.findall(rf'<a href="([^"]+)">(?:<span class="figure">)?(\d+){words}', page[page.index(begin) :])
    return [(url, int(number)) for url, number in found]


def test_what_was_found_at_first_and_what_became_of_it_add_up():
    _estate()
    client = client_of("security")
    page = text_of(client, PAGE)
    assert "The first look found 10 findings on 2 identities" in page
    links = _links(page, 'aria-label="What became of it"', "")
    assert [number for _, number in links[:4]] == [10, 8, 1, 1]
    assert [number for _, number in links[4:8]] == [8, 0, 0, 8]
    assert {url: _length(client, url) for url, _ in links[:8]} == dict(links[:8])


@pytest.mark.parametrize("by", ["vendor", "delegate", "sending_name", "rule", "identity"])
def test_every_step_leads_to_what_it_removes(by):
    _estate()
    client = client_of("security")
    page = text_of(client, f"{PAGE}?by={by}")
    links = _links(page, 'class="rows step-rows"', " finding")
    assert sum(number for _, number in links) == 8
    assert {url: _length(client, url) for url, _ in links} == dict(links)
    assert "100 %" in page


def test_steps_by_vendor_begin_with_what_removes_most():
    _estate()
    page = text_of(client_of("security"), PAGE)
    steps = re.findall(r'<td data-label="Vendor"><a [^>]*>([^<]+)</a>', page)
    assert steps == [
        "Anyone with an AWS account",
        "Accounts that nobody registered",
        "Brightmail",
        "No delegate: the policies themselves",
        "Organizations, services and deleted principals",
    ]
    assert "The first 2 steps below remove" in page


@pytest.mark.parametrize("name", ["finding", "case"])
@pytest.mark.parametrize("by", ["vendor", "delegate", "sending_name", "rule", "identity"])
def test_a_group_in_a_list_is_the_list_narrowed_to_it(name, by):
    _estate()
    client = client_of("security")
    url = reverse(f"inventory:{name}_list")
    page = text_of(client, f"{url}?group={by}&severity=high")
    rows = re.findall(r'data-label="Group"><a href="(\?[^"]+)">', page)
    assert len(rows) == _length(client, f"{url}?group={by}&severity=high") >= 1
    column = "Cases" if name == "case" else "Findings"
    numbers = [int(each) for each in re.findall(rf'data-label="{column}">(\d+)<', page)]
    assert [_length(client, f"{url}{unescape(query)}") for query in rows] == numbers
    assert all("severity=high" in query for query in rows)


def test_a_case_stands_once_with_all_that_ending_it_closes():
    _estate()
    client = client_of("security")
    page = text_of(client, reverse("inventory:case_list"))
    assert _length(client, reverse("inventory:case_list")) == 8
    links = _links(page, "<tbody>", " finding")
    assert {url: _length(client, url) for url, _ in links} == dict(links)
    rows = page[page.index("<tbody>") :]
    assert rows.index("Anyone with an AWS account") < rows.index("Brightmail")


def test_before_anything_was_read_the_page_says_so():
    builders.scope(last_outcome="")
    page = text_of(client_of("security"), PAGE)
    assert "Nothing has been looked at completely yet" in page
    assert "0 of 1 account regions" in page


def test_a_clean_estate_is_told_apart_from_one_that_nobody_saw():
    builders.scope()
    page = text_of(client_of("security"), PAGE)
    assert "The first look found nothing" in page
    assert "in what was seen" in page


def test_an_owner_sees_their_own_part():
    team = builders.team()
    _found(identity=builders.identity(owner_team=team))
    _found()
    assert "found 1 finding on 1 identity" in text_of(client_of("owner", teams=[team]), PAGE)


def test_the_page_takes_as_many_queries_for_much_as_for_little(django_assert_max_num_queries):
    client = client_of("security")
    _estate()
    text_of(client, PAGE)
    for number in range(30):
        _found(subject=f"{number:012}")
    with django_assert_max_num_queries(15):
        text_of(client, PAGE)


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [(0, 0, "0 %"), (1, 1000, "under 1 %"), (999, 1000, "over 99 %"), (1000, 1000, "100 %"), (1, 3, "33 %")],
)
def test_a_share_neither_hides_a_rest_nor_makes_one_up(part, total, text):
    assert share_text(part, total) == text

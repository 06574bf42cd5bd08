"""Lists: the same number of queries whatever their length, exports with the screen's columns, filters that hold."""

import csv
import io
import json
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.files.exports import safe_cell
from inventory.models import FindingEpisode
from inventory.views.acceptances import ACCEPTANCES
from inventory.views.accounts import ACCOUNTS
from inventory.views.cases import CASES
from inventory.views.delegates import DELEGATES
from inventory.views.findings import FINDINGS, REMEDIATIONS
from inventory.views.identities import IDENTITIES
from inventory.views.lists import PER_PAGE, ListPage
from inventory.views.policies import POLICIES
from inventory.views.runs import RUNS
from inventory.views.sending_names import SENDING_NAMES, SUGGESTED_NAMES
from inventory.views.vendors import VENDORS
from tests import builders
from tests.builders import NOW
from tests.pages import sheets
from tests.pages.clients import client_of, file_of, text_of

pytestmark = pytest.mark.django_db

LISTS = (
    IDENTITIES,
    FINDINGS,
    CASES,
    ACCEPTANCES,
    REMEDIATIONS,
    DELEGATES,
    POLICIES,
    ACCOUNTS,
    RUNS,
    SENDING_NAMES,
    SUGGESTED_NAMES,
    VENDORS,
)


def _account_in_use(number: int) -> None:
    place = builders.scope(account=builders.account(vendor=builders.vendor(), owner_team=builders.team()))
    team = builders.team()
    identity = builders.identity(scope=place, owner_team=team if number % 2 else None, owner_source="tag")
    builders.delegation(identity=identity, account_id=f"{number:012}")
    text = builders.document(builders.allow("*", identity.arn))
    builders.policy(identity=identity, text=text)
    finding = builders.finding(identity=identity)
    FindingEpisode.objects.filter(finding=finding).update(closed_at=NOW, reason="fixed")
    builders.scope_run(scope=place)
    builders.risk_acceptance(finding=finding)
    builders.sending_name()


def _fill(numbers: range) -> None:
    for each in numbers:
        _account_in_use(each)


def _rows(declared: ListPage) -> int:
    """What :func:`_fill` made of three: each a row, save that all runs of a day are one."""
    found = declared.rows(builders.user("security")).count()
    assert found
    return found


def _queries(client: Client) -> dict[str, int]:
    counted = {}
    for declared in LISTS:
        with CaptureQueriesContext(connection) as captured:
            text_of(client, reverse(f"inventory:{declared.name}_list"))
        counted[declared.name] = len(captured)
    return counted


def test_fifty_rows_take_as_many_queries_as_five():
    client = client_of("security")
    _fill(range(5))
    few = _queries(client)
    _fill(range(5, 50))
    assert _queries(client) == few
    # Four of them are the head's: the person, the bell, the inbox and the settings that it asks.
    assert max(few.values()) <= 12


@pytest.mark.parametrize("declared", [each for each in LISTS if each.has_export], ids=lambda declared: declared.name)
def test_an_export_has_every_row_of_the_screen(declared):
    client = client_of("security")
    _fill(range(3))
    rows = list(csv.reader(io.StringIO(text_of(client, reverse(f"inventory:{declared.name}_export")))))
    page = text_of(client, reverse(f"inventory:{declared.name}_list"))
    assert len(rows) == 1 + _rows(declared)
    shown = [each.header for each in declared.table([]).columns if not each.column.exclude_from_export]
    assert [header for header in rows[0] if header in shown] == shown
    assert all(header in page for header in shown)


@pytest.mark.parametrize("declared", [each for each in LISTS if each.has_export], ids=lambda declared: declared.name)
def test_the_files_of_a_list_say_the_same_in_each_form(declared):
    client = client_of("security")
    _fill(range(3))
    header, *rows = csv.reader(io.StringIO(text_of(client, reverse(f"inventory:{declared.name}_export"))))
    objects = json.loads(text_of(client, reverse(f"inventory:{declared.name}_export_json")))
    file = file_of(client, reverse(f"inventory:{declared.name}_export_xlsx"))
    assert len(objects) == len(rows) == _rows(declared)
    assert all(len(each) == len(header) for each in objects)
    cells = sheets.cells_of(file)
    assert cells[0] == header
    assert len(cells) == 1 + _rows(declared)


def test_a_workbook_keeps_kinds_apart():
    """Account ids are text, counts are numbers, instants are dates, and nothing is a formula."""
    place = builders.scope(account=builders.account(account_id="001122334455"))
    builders.identity(scope=place, owner_tag_value="=HYPERLINK(evil)", owner_source="unresolved")
    file = file_of(client_of("auditor"), reverse("inventory:identity_export_xlsx"))
    header, row = sheets.cells_of(file)
    found = dict(zip(header, row, strict=True))
    assert found["Account id"] == "001122334455"
    assert "=HYPERLINK(evil)" in found.values()
    assert (found["Delegates"], found["Last seen"]) == (0.0, NOW)
    assert sheets.has_frozen_header(file)
    assert sheets.formulas_of(file) == 0


def test_a_list_without_rows_is_a_file_without_rows():
    client = client_of("auditor")
    assert json.loads(text_of(client, reverse("inventory:identity_export_json"))) == []
    file = file_of(client, reverse("inventory:identity_export_xlsx"))
    assert len(sheets.cells_of(file)) == 1


def test_more_rows_than_a_sheet_holds_are_refused_in_words(monkeypatch):
    monkeypatch.setattr("inventory.files.sheets.MOST_ROWS", 1)
    for name in ("a.example.com", "b.example.com"):
        builders.identity(name=name)
    response = client_of("auditor").get(reverse("inventory:identity_export_xlsx"))
    assert response.status_code == 422
    assert response.content.decode() == "A sheet holds 1 rows at most: take the CSV."


def test_an_export_narrows_and_sorts_as_the_screen_does():
    client = client_of("security")
    place = builders.scope()
    for name in ("b.example.com", "a.example.com", "c.example.net"):
        builders.identity(name=name, scope=place)
    text = text_of(client, f"{reverse('inventory:identity_export')}?q=example.com&sort=-name")
    assert [row["Identity"] for row in csv.DictReader(io.StringIO(text))] == ["b.example.com", "a.example.com"]


def test_pages_follow_one_another_as_they_are_sorted_and_nothing_is_twice_or_missing():
    place = builders.scope()
    for number in range(PER_PAGE + 2):
        builders.identity(name=f"n{number:02}.example.com", scope=place)
    client = client_of("viewer")
    pages = [text_of(client, f"{reverse('inventory:identity_list')}?sort=-name&page={page}") for page in (1, 2)]
    names = [re.findall(r"n\d\d\.example\.com(?=</a>)", page) for page in pages]
    assert names[0] == [f"n{number:02}.example.com" for number in range(PER_PAGE + 1, 1, -1)]
    assert names[1] == ["n01.example.com", "n00.example.com"]


@pytest.mark.parametrize("text", ["SHOP.ex", "harbour", "7777-6666", "tide cr", "wanda w"])
@pytest.mark.parametrize("page", ["identity", "finding", "policy"])
def test_a_search_finds_by_name_account_and_owner(page, text):
    place = builders.scope(account=builders.account(name="Harbour", account_id="777766665555"))
    team, user = builders.team(name="Tide crew"), builders.user(name="Wanda Wave")
    for each in (
        builders.identity(name="shop.example.com", scope=place, owner_team=team),
        builders.identity(name="www.shop.example.com", scope=place, owner_user=user),
        builders.identity(name="other.example.com"),
    ):
        builders.finding(identity=each, evidence={"text": f"Somebody may send as {each.name}."})
        builders.policy(identity=each, text=builders.document(builders.allow("*", each.arn)))
    shown = text_of(client_of("viewer"), f"{reverse(f'inventory:{page}_list')}?{urlencode({'q': text})}")
    is_owner = text in ("tide cr", "wanda w")
    assert ("shop.example.com" in shown) is (page == "identity" or not is_owner)
    assert "other.example.com" not in shown


def test_an_export_keeps_account_ids_whole_and_times_exact():
    builders.identity(scope=builders.scope(account=builders.account(account_id="001122334455")))
    row = next(csv.DictReader(io.StringIO(text_of(client_of("auditor"), reverse("inventory:identity_export")))))
    assert row["Account id"] == "001122334455"
    assert row["Last seen"] == "2026-11-02T08:00:00+00:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_prefixed(start):
    assert safe_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_other_cells_stay_as_they_are():
    assert [safe_cell(value) for value in ("a=b", "", None, -5)] == ["a=b", "", "", -5]


def test_a_formula_in_a_tag_reaches_no_spreadsheet():
    builders.identity(owner_tag_value="=HYPERLINK(evil)", owner_source="unresolved")
    assert "'=HYPERLINK(evil)" in text_of(client_of("auditor"), reverse("inventory:identity_export"))


def test_a_filter_that_is_not_understood_shows_nothing_and_says_so():
    builders.identity(name="shop.example.com")
    page = text_of(client_of("viewer"), f"{reverse('inventory:identity_list')}?reach=everyone")
    assert "The filter was not understood" in page
    assert "shop.example.com" not in page


def test_htmx_gets_the_rows_alone():
    builders.identity(name="shop.example.com")
    client = client_of("viewer")
    url = reverse("inventory:identity_list")
    fragment = text_of(client, url, **{"HX-Request": "true"})
    assert "shop.example.com" in fragment
    assert "<html" not in fragment
    assert "<html" in text_of(client, url, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "HX-Request" in client.get(url).headers["Vary"]


@pytest.mark.parametrize("declared", LISTS, ids=lambda declared: declared.name)
def test_an_empty_list_says_why(declared):
    assert declared.empty.split(".")[0] in text_of(client_of("viewer"), reverse(f"inventory:{declared.name}_list"))


def test_hints_are_shown_only_when_asked_for():
    builders.finding(severity="info", evidence={"text": "Only a hint."})
    client = client_of("viewer")
    url = reverse("inventory:finding_list")
    assert "Only a hint." not in text_of(client, url)
    assert "Only a hint." in text_of(client, f"{url}?status=hints")


def test_a_number_of_identities_is_unknown_where_nobody_could_look():
    builders.scope(account=builders.account(name="dark"), last_outcome="denied")
    page = text_of(client_of("viewer"), reverse("inventory:account_list"))
    assert "unknown</span>" in page


def test_everything_that_comes_from_aws_is_escaped():
    builders.identity(name="<script>alert(1)</script>.example.com")
    page = text_of(client_of("viewer"), reverse("inventory:identity_list"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("query", ["page=-1", "page=0", "page=999999", "page=x", "page=1&per_page=-1", "per_page=1"])
def test_a_page_that_is_not_there_is_the_nearest_one(query):
    builders.identity(name="shop.example.com")
    builders.identity(name="news.example.com")
    page = text_of(client_of("viewer"), f"{reverse('inventory:identity_list')}?{query}")
    assert "shop.example.com" in page
    assert "news.example.com" in page


@pytest.mark.parametrize("name", ["identity_list", "finding_list", "delegate_list", "run_list", "search"])
def test_who_asks_for_the_head_gets_it(name):
    answer = client_of("viewer").head(reverse(f"inventory:{name}"))
    assert (answer.status_code, answer.content) == (200, b"")

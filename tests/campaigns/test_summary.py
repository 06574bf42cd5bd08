"""The summary: the same figures as the manifest, in a few pages, whatever people are called."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from reportlab.platypus import Paragraph, Table

from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.running import run_due, sign
from approvals.services.evidence import summary as summaries
from approvals.services.evidence.coverage import longest_unseen
from approvals.services.evidence.manifest import Sealing, contents
from approvals.services.evidence.review_book import review_book
from approvals.services.evidence.typesetting import printable
from inventory.models import Role
from inventory.services.audit_chain.content import Head
from tests import builders
from tests.builders import NOW
from tests.campaigns import cases

pytestmark = pytest.mark.django_db
END = NOW + timedelta(days=23)
LONG = "Newsletter Σύστημα Łódź Привет " * 9


def large(team_name=LONG[:200], missed=9, revoked=10):
    """A review with more of everything than fits on a page, over names as long as they may be."""
    team = builders.team(name=team_name)
    owner = builders.user(Role.OWNER, teams=[team], name=f"{LONG[:190]}")
    by, signer = cases.security(), cases.security()
    place = builders.scope()
    for number in range(missed + revoked):
        name = f"{number:03}{'n' * 232}.example.com"
        identity = builders.identity(name=name, scope=place, owner_team=team)
        cases.seen_path(identity=identity, principal=f"{444455550000 + number}", policy_name="p" * 64)
    for number in range(15):
        builders.scope(last_outcome="denied", last_error_code="AccessDenied", region=f"eu-west-{number + 2}")
    campaign = cases.active(by, override_reason="The account is being closed this week. " * 90)
    for item in campaign.items.filter(position__lte=revoked):
        cases.decide(item, ItemDecision.REVOKE, owner)
    run_due(at=NOW + timedelta(days=22))
    sign(campaign.pk, attestation="I have looked at it. " * 50, signed_in_by="password", acting_user=signer, at=END)
    campaign.refresh_from_db()
    return campaign


def told_of(campaign):
    sealing = Sealing(1, END, None, "", Head(7, "ab" * 32), "cd" * 32)
    return contents(campaign, sealing, {"first_position": 1, "previous_hash": "0" * 64})


def words_of(campaign, monkeypatch):
    """The text of every paragraph and cell."""
    kept = []
    monkeypatch.setattr(summaries, "document", lambda story, **_: kept.extend(story))
    summaries.summary(campaign, told_of(campaign))
    found = []
    while kept:
        each = kept.pop(0)
        if isinstance(each, Paragraph):
            found.append(each.getPlainText())
        elif isinstance(each, Table):
            kept = [cell for row in each._cellvalues for cell in row] + kept
    return "\n".join(found)


def pages(content):
    return len(re.findall(rb"/Type /Page\b", content))


def test_a_summary_stays_a_summary_whatever_people_are_called(tmp_path):
    campaign = large()
    content = summaries.summary(campaign, told_of(campaign))
    (tmp_path / "summary.pdf").write_bytes(content)
    assert 2 <= pages(content) <= 6
    assert content == summaries.summary(campaign, told_of(campaign))


def test_a_small_review_is_told_in_two_pages(tmp_path):
    campaign = large("Shop", missed=1, revoked=1)
    content = summaries.summary(campaign, told_of(campaign))
    (tmp_path / "summary.pdf").write_bytes(content)
    assert 2 <= pages(content) <= 3


def test_the_summary_says_what_the_manifest_says(monkeypatch, settings):
    settings.SESGOV_DEMO = True
    campaign = large("Shop", missed=11, revoked=10)
    said = words_of(campaign, monkeypatch)
    for words in (
        "DEMO: this is of an estate that does not exist.",
        "10 of 21 ways in which somebody outside can send as us were decided on; 11 nobody reviewed.",
        "0 of 21",
        "And 3 more in decisions.csv.",
        "And 2 more in remediation.csv.",
        "11 of those that nobody reviewed are still there.",
        "1 of 16 account regions were completely read",
        "16 of these regions were never completely read in the period.",
        "92 days, never read",
        "IAM users with SMTP credentials",
        "staged although not complete",
        "ab" * 32,
        "cd" * 32,
    ):
        assert words in said, words
    assert "satisf" not in said


def test_letters_that_the_font_lacks_are_question_marks_and_markup_is_text():
    assert printable("Łódź Ελλάδα Привет\t<b>\n漢", 100) == "Łódź Ελλάδα Привет <b> ?"
    assert printable("n" * 50, 10) == "n" * 9 + "…"


def test_the_workbook_has_types_and_the_same_bytes_twice():
    campaign = large("=Shop", missed=1, revoked=1)
    first, again = (b"".join(review_book(campaign, at=END)) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        names = re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())
        population, decisions = (book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
    assert names[:2] == ["population", "decisions"]
    assert len(names) == 9
    assert "<f>" not in population
    assert "=Shop" in population
    assert "evidence_sha256" in population
    assert ">evidence<" not in population
    for words in ('state="frozen"', "<autoFilter", '<c r="A2"><v>1</v></c>', 't="b"'):
        assert words in population, words
    assert re.search(r'<c r="J2" s="2"><v>46\d{3}', decisions), "an instant is a number with a form"


def test_a_region_that_was_read_in_the_period_says_for_how_long_it_was_not():
    builders.scope(region="eu-west-9")
    row = cases.seen_path()
    place = row.identity.scope
    begin = datetime(2026, 7, 1, tzinfo=UTC)
    for day in (10, 11, 40):
        builders.scope_run(scope=place, outcome="complete", finished_at=begin + timedelta(days=day))
    builders.scope_run(scope=place, outcome="denied", finished_at=begin + timedelta(days=60))
    campaign = cases.staged(cases.security(), override_reason="The other account is being closed.")
    with CaptureQueriesContext(connection) as queries:
        found = longest_unseen(campaign)
    assert [(each["region"], each["hours"] // 24, each["readings"]) for each in found] == [
        ("eu-west-9", 92, 0),
        (place.region, 52, 3),
    ]
    assert found[1]["from"].startswith("2026-08-10")
    assert len(queries) == 1

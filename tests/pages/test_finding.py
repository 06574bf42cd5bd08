"""The page of one finding: the sentence, why, the fix, the episodes, what closes it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inventory.models import Finding
from inventory.policy.rules import RULES
from tests import builders
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def _page(finding: Finding) -> str:
    return text_of(client_of("viewer"), reverse("inventory:finding_detail", args=[finding.pk]))


def test_it_says_what_why_and_what_closes_it():
    page = _page(estate.build().finding)
    assert "<h1>Anyone can send as shop.example.com.</h1>" in page
    assert RULES["public-send"].why[:40] in page
    assert "Nobody can mark it fixed by hand" in page


def test_the_fix_is_there_to_copy_in_every_form():
    page = _page(estate.build().finding)
    assert "aws sesv2 update-email-identity-policy" in page
    assert 'data-copy="fix-cli"' in page
    assert "aws_iam_policy_document" in page
    assert "CloudFormation" in page


def test_its_place_in_the_policy_is_marked():
    page = _page(estate.build().finding)
    marked = page[page.index("policy-line-bad") :][:400]
    assert "&quot;Principal&quot;: &quot;*&quot;" in marked


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_a_page(rule_id):
    finding = builders.finding(rule_id=rule_id, severity=RULES[rule_id].severity.value, policy_name="")
    assert "How to fix it" in _page(finding)


def test_a_rule_that_is_no_longer_known_still_shows_its_history():
    page = _page(builders.finding(rule_id="retired-rule", presence="absent"))
    assert "No longer there." in page


def test_episodes_stand_one_below_the_other():
    finding = builders.finding()
    builders.episode(
        finding=finding, opened_at=NOW - timedelta(days=30), closed_at=NOW - timedelta(days=20), is_baseline=True
    )
    page = _page(finding)
    assert "<strong>Open</strong> since" in page
    assert "its true start is not known" in page
    assert ": fixed" in page


def test_what_was_not_looked_at_since_is_not_called_open_or_gone():
    page = _page(builders.finding(presence="stale"))
    assert "Not looked at since" in page
    assert "Open since" not in page


def test_the_rest_of_the_case_is_linked():
    identity = builders.identity()
    first = builders.finding(identity=identity)
    second = builders.finding(identity=identity, rule_id="whole-account-delegate", severity="medium")
    assert reverse("inventory:finding_detail", args=[second.pk]) in _page(first)

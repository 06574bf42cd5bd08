"""The page of one identity: who can send, each policy with its marks, what changed, who owns it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import Identity
from tests import builders
from tests.builders import NOW
from tests.pages import estate
from tests.pages.clients import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def _page(identity: Identity) -> str:
    return text_of(client_of("viewer"), reverse("inventory:identity_detail", args=[identity.pk]))


def test_it_says_who_can_send_in_sentences():
    page = _page(estate.build().shop)
    assert page.count('class="sender-sentence"') >= 2
    assert "Brightmail" in page
    assert page.index("Anyone") < page.index("Brightmail")


def test_a_sender_comes_with_a_request_that_works():
    page = _page(estate.build().shop)
    assert "Show a request that works" in page
    assert "calls ses:SendEmail" in page
    assert "lets it through by statement 1 of" in page


def test_risky_lines_are_marked_beside_the_line():
    page = _page(estate.build().shop)
    marked = page[page.index("policy-line-bad") :]
    assert "Anyone with an AWS account is let in." in marked


def test_a_remark_of_a_finding_leads_to_it():
    world = estate.build()
    page = _page(world.shop)
    assert f'<a href="{reverse("inventory:finding_detail", args=[world.finding.pk])}">' in page


def test_a_policy_that_is_no_policy_is_shown_with_its_place_and_taken_for_unknown():
    page = _page(estate.build().shop)
    assert "This text is no policy" in page


def test_versions_come_with_what_changed():
    page = _page(estate.build().shop)
    assert "2 versions" in page
    assert '<div class="diff-added">+' in page


def test_a_change_of_layout_alone_is_said_to_be_one():
    identity = builders.identity()
    text = builders.document(builders.allow({"AWS": "111122223333"}, identity.arn))
    builders.policy(identity=identity, text=text)
    builders.policy(identity=identity, text=text.replace("\n", " "), from_at=NOW - timedelta(days=1))
    assert "Only the layout changed." in _page(identity)


def test_nobody_outside_is_said_with_what_that_leaves_open():
    page = _page(builders.identity())
    assert "who may do so there is decided by IAM, which is not read" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"owner_source": "none"}, "No owner"),
        ({"owner_source": "unresolved", "owner_tag_value": "gone@example.com"}, "gone@example.com"),
    ],
)
def test_a_missing_owner_is_said(fields, words):
    assert words in _page(builders.identity(**fields))


def test_tags_are_shown_and_escaped():
    page = _page(builders.identity(tags={"team": '"quoted" <b>bold</b> \N{SPARKLES}'}))
    assert "&lt;b&gt;bold&lt;/b&gt; \N{SPARKLES}" in page


def test_an_identity_in_a_place_that_could_not_be_seen_says_so():
    place = builders.scope(last_outcome="denied")
    assert "could not be seen completely at the last look" in _page(builders.identity(scope=place))


def test_an_identity_that_is_gone_says_so():
    assert "This identity is gone" in _page(builders.identity(gone_at=NOW - timedelta(days=1)))


def test_hints_stand_apart():
    identity = builders.identity()
    builders.finding(identity=identity, severity="info", evidence={"text": "Only a hint."})
    page = _page(identity)
    assert "1 hint" in page
    assert "No open finding." in page


def test_twenty_policies_take_as_many_queries_as_one():
    identity = builders.identity()
    client = client_of("viewer")
    url = reverse("inventory:identity_detail", args=[identity.pk])
    text = builders.document(builders.allow({"AWS": "444455556666"}, identity.arn))
    builders.policy(identity=identity, name="p0", text=text)
    builders.delegation(identity=identity, policy_name="p0")
    builders.finding(identity=identity, policy_name="p0")
    with CaptureQueriesContext(connection) as one:
        text_of(client, url)
    for number in range(1, 20):
        builders.policy(identity=identity, name=f"p{number}", text=text)
        builders.delegation(identity=identity, policy_name=f"p{number}")
        builders.finding(identity=identity, policy_name=f"p{number}")
    with CaptureQueriesContext(connection) as twenty:
        text_of(client, url)
    assert len(twenty) == len(one)
    assert len(one) <= 31

"""The reviewer at work: by keyboard on a large screen, by thumb on a phone; nothing is pressed by accident."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from approvals.models import Campaign, ReviewDecision
from inventory.models import Role
from tests import builders
from tests.browser.test_walk import LOOKS, SIZES, Visit
from tests.builders import PASSWORD
from tests.campaigns import cases

pytestmark = pytest.mark.django_db(transaction=True)
PARTNERS = ("444455556666", "777766665555", "888877776666")


@pytest.fixture
def campaign() -> Campaign:
    """The shop's newsletter, four paths: two vendors, one stranger, and everybody."""
    cache.clear()
    at = timezone.now()
    team = builders.team(name="Shop")
    builders.user(Role.OWNER, teams=[team], email="olive@example.com", name="Olive", password=PASSWORD)
    shop = builders.identity(name="news.example.com", owner_team=team, last_read_at=at)
    for account_id, name in zip(PARTNERS[:2], ("Brightmail", "Postly"), strict=True):
        builders.account(account_id=account_id, name=name, relationship="partner")
    for account_id in PARTNERS:
        role, trust = f"arn:aws:iam::{account_id}:role/mailer", "unknown" if account_id == PARTNERS[2] else "partner"
        said = cases.sends(role) | {"accounts": [account_id], "trust": trust}
        path = {"principal": role, "account_id": account_id, "trust": trust, "reach": "principal", "statements": [said]}
        cases.seen_path(identity=shop, at=at, **path)
    anyone = {"policy": "open", "reach": "public", "trust": "unknown", "action_classes": ["send"]}
    path = {"principal": "*", "account_id": "", "trust": "unknown", "reach": "public", "statements": [anyone]}
    cases.seen_path(identity=shop, at=at, policy_name="open", **path)
    days = {"starts_on": at.date(), "due_on": at.date() + timedelta(days=21)}
    days["remediate_by_on"] = at.date() + timedelta(days=45)
    return cases.active(cases.security(), at=at, **days)


@pytest.fixture
def visit(browser: Browser, live_server, campaign, request) -> Iterator[Visit]:
    """Olive, signed in, at her first card."""
    size, scheme = getattr(request, "param", LOOKS[0])
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
    visit = Visit(context.new_page(), live_server.url)
    inbox = reverse("approvals:inbox")
    visit.page.goto(f"{live_server.url}{reverse('account_login')}?next={inbox}")
    visit.page.get_by_label("Email").fill("olive@example.com")
    visit.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.page.get_by_role("link", name="4 lines wait for you").click()
    _shown(visit.page, 1)
    yield visit
    context.close()


def _shown(page: Page, number: int) -> None:
    """The card of that item, for long enough that its keys are heard."""
    expect(page.get_by_text(f"item {number} of 4")).to_be_visible()
    page.wait_for_timeout(max(0, 700 - page.evaluate("performance.now()")))


def test_a_review_by_keyboard(visit, campaign):
    page = visit.page
    visit.check("the card")
    keep, remove, note = (
        page.get_by_role("button", name="Keep"),
        page.get_by_role("button", name="Remove"),
        page.get_by_label("Note", exact=True),
    )
    expect(keep).to_be_visible()
    page.keyboard.press("n")
    _shown(page, 2)
    page.keyboard.press("r")
    expect(note).to_be_focused()
    expect(page.get_by_text("Say why in a sentence.")).to_be_visible()
    assert not ReviewDecision.objects.exists()
    page.keyboard.type("They moved away, for c and r and m.")
    page.keyboard.press("Control+Enter")
    _shown(page, 3)
    expect(page.get_by_text("To be removed:")).to_be_visible()
    expect(page.get_by_text("3 left")).to_be_visible()
    expect(remove).to_be_visible()
    page.get_by_role("link", name="Change it").click()
    _shown(page, 2)
    page.keyboard.press("m")
    page.keyboard.type("They may send until the end of the year.")
    page.keyboard.press("Control+Enter")
    _shown(page, 3)
    assert list(ReviewDecision.objects.values_list("decision", "signed_in_by")) == [
        ("revoke", "password"),
        ("modify", "password"),
    ]
    visit.check("the next card")


@pytest.mark.parametrize("visit", [LOOKS[3]], indirect=True, ids=["phone-dark"])
def test_a_review_by_thumb(visit, campaign):
    page = visit.page
    visit.check("the card")
    for name in ("Keep", "Remove", "Change"):
        box = page.get_by_role("button", name=name, exact=False).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= SIZES["phone"]["height"], name
    visit.go(reverse("approvals:review_item_list", args=[campaign.pk]))
    visit.go(f"{reverse('approvals:review_item_list', args=[campaign.pk])}?choose=hand_on")
    visit.go(reverse("approvals:review_next", args=[campaign.pk]))

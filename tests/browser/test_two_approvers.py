"""The owner on a phone and security at a desk, in two browsers: both agree, and whoever clicks late is told so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from approvals.models import ApprovalSlot, Grant, GrantRequest
from approvals.services.requests.requests import Line, Request, save_draft, submit
from inventory.models import Role
from inventory.policy.grants.terms import GrantTerms
from tests import builders
from tests.approvals.cases import PARTNER, REASON
from tests.browser.test_walk import SIZES, Visit
from tests.builders import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_() -> GrantRequest:
    """A vendor's role wants to send as the shop's newsletter for a month; asked for today."""
    cache.clear()
    at = timezone.now()
    team = builders.team(name="Shop")
    builders.user(Role.OWNER, teams=[team], email="olive@example.com", name="Olive", password=PASSWORD)
    builders.user(Role.SECURITY, email="selma@example.com", name="Selma", password=PASSWORD)
    asker = builders.user(Role.OWNER, teams=[team], name="Adam")
    vendor = builders.vendor(name="Brightmail", contract_ends_on=at.date() + timedelta(days=300))
    builders.account(account_id=PARTNER, relationship="partner", vendor=vendor)
    identity = builders.identity(name="shop.example.com", owner_team=team)
    terms = GrantTerms(
        identity_arn=identity.arn,
        principals=(f"arn:aws:iam::{PARTNER}:role/mailer",),
        actions=("ses:SendEmail",),
        from_addresses=("news@shop.example.com",),
        ends_on=at.date() + timedelta(days=30),
    )
    asked = Request("new", REASON, [Line(identity, terms)], vendor)
    return submit(save_draft(asked, acting_user=asker, at=at).pk, acting_user=asker, at=at)


@pytest.fixture
def people(browser: Browser, live_server, request_) -> Iterator[dict[str, Visit]]:
    """Each in a browser of their own, signed in, at the request."""
    contexts: list[BrowserContext] = []
    visits = {}
    for name, size in (("olive", "phone"), ("selma", "desktop")):
        contexts.append(browser.new_context(viewport=SIZES[size]))
        visits[name] = Visit(contexts[-1].new_page(), live_server.url)
        _sign_in(visits[name].page, live_server.url, f"{name}@example.com")
        visits[name].go(_path(request_))
    yield visits
    for context in contexts:
        context.close()


def _path(request: GrantRequest) -> str:
    return reverse("approvals:request_detail", args=[request.pk])


def _sign_in(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}{reverse('account_login')}?next={reverse('approvals:inbox')}")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(page.get_by_text("1 decision waits for you.")).to_be_visible()


def test_both_approve_in_two_browsers_and_a_late_click_is_told_who_was_quicker(people, request_):
    olive, selma = people["olive"].page, people["selma"].page
    expect(olive.get_by_role("heading", level=1)).to_contain_text("Brightmail")
    button = olive.get_by_role("button", name="Approve", exact=True)
    box = button.bounding_box()
    assert box is not None
    # Without scrolling, and large enough for a thumb.
    assert box["y"] + box["height"] <= SIZES["phone"]["height"]
    assert box["height"] >= 44
    late = olive.context.new_page()
    late.goto(olive.url)
    button.click()
    expect(olive.get_by_text("Approved: shop.example.com. Now security decides.")).to_be_visible()
    assert not Grant.objects.exists()
    people["olive"].check("the owner's page after the decision")

    with late.expect_response("**/decide/") as answered:
        late.get_by_role("button", name="Approve", exact=True).click()
    assert answered.value.status == 409
    expect(late.get_by_role("alert")).to_contain_text("Olive has approved this already.")

    selma.get_by_role("button", name="Approve", exact=True).click()
    expect(selma.get_by_text("Both sides agreed, so it is granted.")).to_be_visible()
    people["selma"].check("security's page after the decision")
    assert Grant.objects.get().line.request == request_
    assert set(ApprovalSlot.objects.values_list("decided_by__name", "signed_in_by")) == {
        ("Olive", "password"),
        ("Selma", "password"),
    }


def test_the_owner_shortens_it_on_the_phone(people, request_):
    page = people["olive"].page
    page.get_by_text("Approve, but for a shorter time").click()
    page.get_by_role("button", name="Approve until this day").click()
    expect(page.get_by_text("Choose the last day on which they may send.")).to_be_visible()
    day = timezone.now().date() + timedelta(days=10)
    page.get_by_label("Last day").fill(day.isoformat())
    page.get_by_role("button", name="Approve until this day").click()
    expect(page.get_by_text("Now security decides.")).to_be_visible()
    assert ApprovalSlot.objects.get(kind="owner").ends_on == day

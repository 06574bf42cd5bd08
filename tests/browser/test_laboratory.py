"""The policy laboratory in a real browser: the verdict follows the text, and the page works without scripts."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tests.browser.test_walk import LOOKS, SIZES, Visit, visit, world

__all__ = ["visit", "world"]

pytestmark = pytest.mark.django_db(transaction=True)

PARTNER = "444455556666"


def _policy(principal: object) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "ses:SendEmail",
                    "Resource": "arn:aws:ses:eu-west-1:111122223333:identity/shop.example.com",
                }
            ],
        },
        indent=2,
    )


@pytest.mark.parametrize("visit", LOOKS, indirect=True, ids=["-".join(look) for look in LOOKS])
def test_an_identity_is_taken_into_the_laboratory(visit, world):
    visit.sign_in()
    visit.go(reverse("inventory:identity_detail", args=[world.shop.pk]))
    visit.page.get_by_role("link", name="Open in the laboratory").click()
    expect(visit.page.get_by_role("heading", name="Verdict")).to_be_visible()
    visit.check("laboratory")


def test_the_verdict_follows_the_text(visit):
    visit.sign_in()
    visit.go(reverse("inventory:laboratory"))
    page = visit.page
    page.get_by_label("Policy", exact=True).fill(_policy("*"))
    expect(page.locator("#results")).to_contain_text("Anyone with an AWS account can send")
    expect(page.locator(".editor-gutter [data-tone=bad]")).not_to_have_count(0)
    page.get_by_label("Policy", exact=True).fill(_policy({"AWS": PARTNER}))
    expect(page.locator("#results")).to_contain_text("Brightmail (account 4444-5555-6666) can send")
    page.get_by_label("Policy", exact=True).fill('{"Version": ')
    expect(page.get_by_role("alert")).to_contain_text("Line 1, column 13")
    assert visit.complaints == []


def test_questions_are_answered_on_the_way(visit):
    visit.sign_in()
    visit.go(reverse("inventory:laboratory"))
    page = visit.page
    page.get_by_label("Policy", exact=True).fill(_policy("*"))
    page.get_by_label("Caller", exact=True).fill(PARTNER)
    page.get_by_label("Caller", exact=True).press("Tab")
    expect(page.locator("#decision")).to_contain_text("Yes, these policies allow it.")
    page.get_by_label("Who may send?").fill("698211347750")
    page.get_by_label("Who may send?").press("Tab")
    expect(page.locator(".diff")).to_contain_text('+      "Principal": {')
    expect(page.locator(".diff")).to_contain_text("698211347750")
    page.get_by_text("Show a request that works").first.click()
    page.get_by_role("button", name="Ask about this request").first.click()
    expect(page.locator("#decision")).to_contain_text("Yes, these policies allow it.")
    visit.check("laboratory with everything")


def test_what_is_typed_while_the_verdict_is_on_its_way_stays(visit):
    visit.sign_in()
    visit.go(reverse("inventory:laboratory"))
    page = visit.page
    page.get_by_label("Policy", exact=True).fill(_policy("*"))
    expect(page.get_by_label("Who may send?")).to_be_visible()
    page.get_by_label("Identity it stands on").fill("arn:aws:ses:eu-west-1:111122223333:identity/shop.example.com")
    page.get_by_label("Who may send?").fill("698211347750")
    page.get_by_label("From which addresses?").fill("news@shop.example.com")
    page.get_by_label("From which addresses?").press("Tab")
    expect(page.locator(".diff")).to_contain_text("698211347750")
    expect(page.locator(".diff")).to_contain_text('"ses:FromAddress": "news@shop.example.com"')
    page.get_by_role("button", name="Use this version").click()
    expect(page.locator("#results")).to_contain_text("2 questions of the tightened version are open")
    assert "698211347750" in page.get_by_label("Policy", exact=True).input_value()
    assert visit.complaints == []


def test_a_mark_leads_to_its_line(visit):
    visit.sign_in()
    visit.go(reverse("inventory:laboratory"))
    page = visit.page
    text = page.get_by_label("Policy", exact=True)
    text.fill(_policy("*"))
    page.get_by_role("button", name="Go to line 6", exact=True).click()
    chosen = text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen.strip() == '"Principal": "*",'


def test_it_works_without_scripts(browser: Browser, live_server, world):
    context = browser.new_context(viewport=SIZES["desktop"], java_script_enabled=False)
    visit = Visit(context.new_page(), live_server.url)
    visit.sign_in()
    page = visit.page
    page.goto(f"{live_server.url}{reverse('inventory:laboratory')}")
    page.get_by_label("Policy", exact=True).fill(_policy("*"))
    page.get_by_role("button", name="Judge").click()
    expect(page.locator("#results")).to_contain_text("Anyone with an AWS account can send")
    assert page.get_by_label("Policy", exact=True).input_value() == _policy("*")
    context.close()

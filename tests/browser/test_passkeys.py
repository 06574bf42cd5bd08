"""A passkey in a real browser: added under the content security policy, and enough to sign in."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tests import builders
from tests.browser.test_walk import LOOKS, SIZES, Visit
from tests.builders import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_and_opens_the_door_alone(browser: Browser, live_server):
    cache.clear()
    selma = builders.user("security", email="selma@example.com", name="Selma", password=PASSWORD)
    context = browser.new_context(viewport=SIZES["phone"], color_scheme=LOOKS[3][1])
    visit = Visit(context.new_page(), live_server.url)
    page = visit.page
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{visit.base}{reverse('account_login')}?next={reverse('mfa_add_webauthn')}")
    page.get_by_label("Email").fill("selma@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with it alone").check()
    visit.check("add a passkey")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    visit.check("recovery codes")
    assert Authenticator.objects.filter(user=selma, type="webauthn").count() == 1
    for name in ("mfa_index", "mfa_list_webauthn"):
        visit.go(reverse(name))
    context.clear_cookies()
    visit.go(reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    visit.go(reverse("mfa_index"))
    assert visit.complaints == []
    context.close()

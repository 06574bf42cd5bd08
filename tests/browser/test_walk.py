"""In a real browser, with the content security policy on: sign in, dashboard, identity, finding; nothing complains."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize, expect

from inventory.models import CollectionRun
from tests import builders
from tests.builders import PASSWORD
from tests.pages import estate

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = {
    "desktop": ViewportSize(width=1440, height=900),
    "phone": ViewportSize(width=390, height=844),
}
LOOKS: list[tuple[str, Literal["light", "dark"]]] = [
    ("desktop", "light"),
    ("desktop", "dark"),
    ("phone", "light"),
    ("phone", "dark"),
]
# The violations that matter; colours count as serious.
SERIOUS = ("serious", "critical")


class Visit:
    """One person in one window; ``complaints`` collects what the console said."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def go(self, path: str) -> None:
        """Load a page; it must come, quietly, without a sideways scroll and with nothing serious for axe to find."""
        response = self.page.goto(f"{self.base}{path}")
        assert response is not None
        assert response.ok, path
        assert "script-src 'self'" in response.headers["content-security-policy"]
        self.check(path)

    def check(self, name: str) -> None:
        """What holds on every page."""
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], name
        found = Axe().run(self.page).response["violations"]
        serious = [
            (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
            for each in found
            if each["impact"] in SERIOUS
        ]
        assert serious == [], name
        assert self.complaints == [], name

    def sign_in(self) -> None:
        """By the form, as everybody does."""
        self.page.goto(f"{self.base}{reverse('account_login')}")
        self.page.get_by_label("Email").fill("selma@example.com")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Worst cases")).to_be_visible()
        # Keys are heard once the scripts have run.
        self.page.wait_for_load_state()


@pytest.fixture
def world() -> estate.Estate:
    cache.clear()
    builders.user("security", email="selma@example.com", name="Selma", password=PASSWORD)
    return estate.build()


@pytest.fixture
def visit(browser: Browser, live_server, world, request) -> Iterator[Visit]:
    """A window of the size and scheme that the test is run with."""
    size, scheme = getattr(request, "param", LOOKS[0])
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
    yield Visit(context.new_page(), live_server.url)
    context.close()


@pytest.mark.parametrize("visit", LOOKS, indirect=True, ids=["-".join(look) for look in LOOKS])
def test_from_sign_in_to_the_fix(visit, world):
    page = visit.page
    visit.go(reverse("account_login"))
    visit.sign_in()
    visit.check("dashboard")
    page.get_by_role("link", name="Anyone can send as shop.example.com.").first.click()
    expect(page.get_by_role("heading", name="How to fix it")).to_be_visible()
    visit.check("finding")
    page.get_by_role("link", name="shop.example.com").first.click()
    expect(page.get_by_role("heading", name="Who can act as this identity")).to_be_visible()
    visit.check("identity")


@pytest.mark.parametrize("visit", [LOOKS[0], LOOKS[3]], indirect=True, ids=["desktop-light", "phone-dark"])
def test_every_other_page(visit, world):
    visit.sign_in()
    for name in ("identity", "finding", "delegate", "run", "policy", "account"):
        visit.go(reverse(f"inventory:{name}_list"))
    visit.go(reverse("figures"))
    visit.go(reverse("inventory:case_list"))
    visit.go(reverse("inventory:acceptance_list"))
    world.finding.episodes.update(is_baseline=True)
    visit.go(reverse("inventory:first_look"))
    visit.go(f"{reverse('inventory:finding_list')}?group=vendor")
    visit.go(reverse("inventory:run_detail", args=[world.run.pk]))
    visit.go(reverse("inventory:delegate_detail", args=["999988887777"]))
    visit.go(f"{reverse('inventory:search')}?q=shop")


def test_the_rows_follow_the_filter_as_one_types(visit):
    visit.sign_in()
    visit.go(reverse("inventory:identity_list"))
    page = visit.page
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    page.get_by_placeholder("Name, account or owner").press_sequentially("news@")
    expect(page.locator("#rows")).not_to_contain_text("shop.example.com")
    expect(page.locator("#rows")).to_contain_text("news@example.com")
    assert "q=news" in page.url
    page.get_by_role("link", name="show all").click()
    expect(page.locator("#rows")).to_contain_text("shop.example.com")
    page.get_by_label("Reach").select_option("public")
    expect(page.locator("#rows")).not_to_contain_text("news@example.com")
    assert visit.complaints == []


def test_the_keyboard_goes_places(visit):
    visit.sign_in()
    page = visit.page
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/identities/")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/findings/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("g?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    assert visit.complaints == []


def test_the_keys_that_are_listed_are_those_that_work(visit):
    visit.sign_in()
    page = visit.page
    places = page.locator("[data-go]").evaluate_all("links => links.map(link => link.dataset.go)")
    listed = page.locator("#keys dt:has(kbd:text-is('g'):first-child) kbd:last-child").all_text_contents()
    assert len(listed) == len(set(listed))
    assert set(listed) == set(places)


def test_the_theme_is_kept(visit):
    visit.sign_in()
    page = visit.page
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_a_run_is_watched_until_it_ends(visit):
    running = builders.run(state="running")
    job = builders.scope_run(run=running, state="leased", identities_listed=8, identities_read=3)
    visit.sign_in()
    visit.go(reverse("inventory:run_detail", args=[running.pk]))
    page = visit.page
    expect(page.get_by_role("status")).to_contain_text("3 of 8 identities")
    job.identities_read = 8
    job.state, job.outcome = "done", "complete"
    job.save()
    expect(page.get_by_role("status")).to_contain_text("8 of 8 identities")
    CollectionRun.objects.filter(pk=running.pk).update(state="finished", outcome="complete", finished_at=builders.NOW)
    expect(page.get_by_role("status")).to_contain_text("Finished: all 1 account regions were read completely.")
    with pytest.raises(Exception, match="Timeout"), page.expect_request("**/progress/", timeout=3000):
        pass
    assert visit.complaints == []

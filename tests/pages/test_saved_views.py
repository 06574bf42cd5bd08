"""Saved views: filters and order of a list under a name, one's own or shared."""

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import AuditEvent, SavedView, User
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
FINDINGS = "inventory:finding_list"


def _keep(client: Client, name: str = "Mine", query: str = "severity=high&assignee=me", **said: str) -> str:
    data = {"page": FINDINGS, "name": name, "query": query} | said
    return str(client.post(reverse("inventory:saved_view_add"), data, follow=True).content.decode())


def _change(client: Client, view: SavedView, do: str, **said: str) -> int:
    return int(client.post(reverse("inventory:saved_view_change", args=[view.pk]), {"do": do} | said).status_code)


def _row(user: User, url: str = "/findings/") -> str:
    page = text_of(client_for(user), url)
    return page[page.index('aria-label="Your views"') :][:1500]


def test_a_view_keeps_filters_and_order_and_leads_back_to_them():
    me = builders.user("viewer")
    _keep(client_for(me), query="severity=high&q=&sort=-first_opened_at&page=7")
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("severity=high&sort=-first_opened_at", False)
    row = _row(me, "/findings/?sort=-first_opened_at&severity=high")
    assert 'href="/findings/?severity=high&amp;sort=-first_opened_at" aria-current="true"' in row
    assert AuditEvent.objects.filter(action="saved_view.added", actor=me).count() == 1


def test_one_s_own_is_seen_by_nobody_else_and_a_shared_one_by_all():
    _keep(client_of("security"), name="Own one")
    _keep(client_of("security"), name="For all", is_shared="on")
    row = _row(builders.user("viewer"))
    assert "For all" in row
    assert "Own one" not in row


@pytest.mark.parametrize("role", ["viewer", "owner", "auditor", "vendor_manager"])
def test_only_security_and_administrators_share(role):
    data = {"page": FINDINGS, "name": "All", "query": "", "is_shared": "on"}
    assert client_of(role).post(reverse("inventory:saved_view_add"), data).status_code == 403
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "x" * 200, "bell\x07", "turned\u202earound"])
def test_a_name_that_nobody_can_read_is_refused(name):
    page = _keep(client_of("viewer"), name=name)
    assert 'class="said-error"' in page
    assert not SavedView.objects.exists()


def test_a_name_is_text_and_nothing_else():
    me = builders.user("viewer")
    _keep(client_for(me), name="<script>alert(1)</script>")
    row = _row(me)
    assert "&lt;script&gt;alert(1)" in row
    assert "<script>alert" not in row


def test_two_of_a_name_are_refused_whatever_the_case():
    client = client_of("viewer")
    _keep(client, name="Mine")
    assert "already" in _keep(client, name="mine")
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    "page", ["", "https://evil.example.com", "inventory:finding_detail", "dashboard", "inventory:x_list"]
)
def test_only_lists_have_views(page):
    data = {"page": page, "name": "Mine", "query": ""}
    assert client_of("viewer").post(reverse("inventory:saved_view_add"), data).status_code == 404


def test_the_navigation_begins_with_the_view_that_one_chose():
    me = builders.user("viewer")
    client = client_for(me)
    begin = f"{reverse(FINDINGS)}?view=default"
    assert client.get(begin).headers["Location"] == reverse(FINDINGS)
    _keep(client, is_default="on")
    _keep(client, name="Other", query="severity=low", is_default="on")
    assert SavedView.objects.get(is_default=True).name == "Other"
    assert client.get(begin).headers["Location"] == f"{reverse(FINDINGS)}?severity=low"
    assert client_of("viewer").get(begin).headers["Location"] == reverse(FINDINGS)
    assert _change(client, SavedView.objects.get(name="Other"), "no_default") == 302
    assert client.get(begin).headers["Location"] == reverse(FINDINGS)
    assert f'href="{begin}"' in text_of(client, reverse("dashboard"))


def test_a_view_is_renamed_and_deleted_by_whose_it_is():
    me = builders.user("viewer")
    client = client_for(me)
    _keep(client)
    view = SavedView.objects.get()
    assert _change(client, view, "rename", name="Better") == 302
    view.refresh_from_db()
    assert view.name == "Better"
    assert _change(client_of("security"), view, "delete") == 404
    assert _change(client, view, "delete") == 302
    assert not SavedView.objects.exists()


def test_a_shared_view_is_renamed_by_nobody_else_and_removed_by_those_who_share():
    _keep(client_of("security"), name="For all", is_shared="on")
    view = SavedView.objects.get()
    assert _change(client_of("security"), view, "rename", name="Other") == 403
    assert _change(client_of("viewer"), view, "delete") == 403
    assert _change(client_of("admin"), view, "delete") == 302
    assert not SavedView.objects.exists()

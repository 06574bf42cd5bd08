"""Search: one box, every shape of an account id, nothing that one may not see."""

import pytest
from django.urls import reverse

from approvals.models import Grant, GrantRequest
from tests import builders
from tests.approvals.cases import PARTNER, Estate
from tests.pages import estate
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db

URL = reverse("inventory:search")


@pytest.mark.parametrize("query", ["999988887777", "9999-8888-7777", "9999 8888", " 99998888 "])
def test_an_account_id_is_found_in_every_shape(query):
    estate.build()
    page = text_of(client_of("viewer"), f"{URL}?q={query}")
    assert reverse("inventory:delegate_detail", args=["999988887777"]) in page


def test_an_identity_is_found_by_a_part_of_its_name():
    world = estate.build()
    page = text_of(client_of("viewer"), f"{URL}?q=SHOP.exam")
    assert reverse("inventory:identity_detail", args=[world.shop.pk]) in page


def test_the_number_of_a_finding_leads_to_it():
    world = estate.build()
    response = client_of("viewer").get(f"{URL}?q=F{world.finding.pk}")
    assert response["Location"] == reverse("inventory:finding_detail", args=[world.finding.pk])


def test_strangers_find_nothing():
    world = estate.build()
    client = client_of("owner", teams=[builders.team()])
    assert "Nothing that you may see matches." in text_of(client, f"{URL}?q=shop")
    assert client.get(f"{URL}?q=F{world.finding.pk}").status_code == 200


@pytest.mark.parametrize("query", ["", "%00", "F99999999999999999999", "%25_", "'\"<>", "a" * 1000])
def test_odd_queries_do_no_harm(query):
    assert client_of("viewer").get(f"{URL}?q={query}").status_code in (200, 400)


def test_sending_names_and_vendors_are_found_as_far_as_one_may_see_them():
    builders.sending_name(domain="shop.example.com")
    builders.vendor(name="Shopkeepers")
    page = text_of(client_of("viewer"), f"{reverse('inventory:search')}?q=shop")
    assert "shop.example.com" in page
    assert "Shopkeepers" in page
    strange = text_of(client_of("owner"), f"{reverse('inventory:search')}?q=shop")
    assert "shop.example.com" not in strange
    assert "Shopkeepers" not in strange


@pytest.mark.usefixtures("at_now")
def test_requests_and_grants_are_found_by_number_name_and_account_as_far_as_one_may_see_them():
    world = Estate()
    grant, request = world.granted(), GrantRequest.objects.get()
    pages = {
        f"r{request.pk}": reverse("approvals:request_detail", args=[request.pk]),
        f"G-{grant.pk}": reverse("approvals:grant_detail", args=[Grant.objects.get().pk]),
    }
    stranger = client_of("owner", teams=[builders.team()])
    for query, page in pages.items():
        assert client_of("viewer").get(f"{URL}?q={query}")["Location"] == page
        assert stranger.get(f"{URL}?q={query}").status_code == 200
    for query in ("brightmail", "shop.example", PARTNER):
        shown = text_of(client_for(world.owner), f"{URL}?q={query}")
        assert pages[f"G-{grant.pk}"] in shown
        assert (pages[f"r{request.pk}"] in shown) is (query != PARTNER)
    assert "Nothing that you may see matches." in text_of(stranger, f"{URL}?q=brightmail")

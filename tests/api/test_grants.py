"""Grants in the API: what they hold, whom they show it to, how they are narrowed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Grant
from approvals.rules.states import Observation, Standing
from approvals.services.emergencies.suspensions import suspend
from approvals.services.grants import grants as service
from approvals.services.matching.observations import observe
from tests import builders
from tests.api.asking import ROOT, answer, asking, asking_as
from tests.approvals.cases import PARTNER, Estate, days
from tests.approvals.many import many_grants
from tests.builders import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


@pytest.fixture
def world():
    return Estate()


def test_a_grant_says_who_agreed_and_how_it_stands(world):
    grant = world.granted()
    observe(grant, Observation.MATCH, run=builders.run(), at=NOW)
    (item,) = answer(asking("auditor"), "/grants")["items"]
    assert item["sentence"].startswith("The role mailer of Brightmail (account 4444-5555-6666) can send as news@")
    assert (item["decision"], item["standing"], item["observation"]) == ("approved", "active", "match")
    assert (item["starts_on"], item["ends_on"], item["effective_ends_on"]) == ("2026-11-02", "2027-01-01", "2027-01-01")
    assert (item["vendor"], item["delegate_account_ids"]) == ("Brightmail", [PARTNER])
    assert [(each["by"], each["role_held"]) for each in item["approvals"]] == [
        (world.colleague.email, "owner"),
        (world.security.email, "security"),
    ]
    detail = answer(asking("auditor"), f"/grants/{grant.pk}")
    assert item.items() <= detail.items()
    assert detail["terms"] == grant.terms
    assert [each["observation"] for each in detail["observations"]] == ["match"]


def test_only_those_who_may_see_the_identity_see_its_grants(world):
    grant = world.granted()
    assert answer(asking_as(world.owner), "/grants")["count"] == 1
    for stranger in (asking(), asking_as(builders.user("owner", teams=[builders.team()]))):
        assert answer(stranger, "/grants") == {"items": [], "count": 0}
        assert stranger.get(f"{ROOT}/grants/{grant.pk}").status_code == 404


@pytest.mark.parametrize(
    ("field", "found", "missed"),
    [
        ("standing", "active", "expired"),
        ("decision", "approved", "revoked"),
        ("observation", "not_observed", "unknown"),
        ("delegate_account_id", PARTNER, "999988887777"),
        ("vendor", "Brightmail", "Other"),
        ("identity_name", "shop.example.com", "example.com"),
        ("effective_ends_on", "2027-01-01", "2027-01-02"),
    ],
)
def test_grants_are_narrowed(world, field, found, missed):
    world.granted()
    client = asking("viewer")
    assert answer(client, "/grants", **{field: found})["count"] == 1
    assert answer(client, "/grants", **{field: missed})["count"] == 0
    assert client.get(f"{ROOT}/grants", {"standing": "alive"}).status_code == 422


def test_each_standing_lists_the_grants_that_have_it(world):
    client = asking("viewer")
    first = world.granted(ends_on=days(20))
    world.granted(kind="renew", predecessor=first, starts_on=days(10), ends_on=days(40))
    stopped = world.granted(from_addresses=("stop@shop.example.com",))
    suspend(stopped.pk, reason="Odd.", acting_user=world.security, at=NOW)
    over = world.granted(from_addresses=("over@shop.example.com",))
    service.revoke(over.pk, reason="Over.", acting_user=world.security, at=NOW)
    world.granted(from_addresses=("short@shop.example.com",), ends_on=days(1))
    for day in (0, 5, 15, 45, 70):
        on = (NOW + timedelta(days=day)).date()
        for standing in Standing:
            rows = Grant.objects.all()
            assert set(rows.standing_as(standing, on)) == {each for each in rows if each.standing(on) is standing}
    assert answer(client, "/grants", standing="suspended")["items"][0]["id"] == stopped.pk


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world):
    client = asking("viewer")
    many_grants(world, 3)
    answer(client, "/grants")
    with CaptureQueriesContext(connection) as few:
        answer(client, "/grants")
    many_grants_again = Grant.objects.count()
    with CaptureQueriesContext(connection) as one:
        answer(client, "/grants", limit=1)
    assert many_grants_again > 1
    assert len(few) == len(one) <= 7

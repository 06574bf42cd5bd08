"""Grants on pages: the list and how it is narrowed, one grant with its life, who may end it."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import Grant
from approvals.rules.states import Observation
from approvals.services.emergencies.suspensions import suspend
from approvals.services.grants import grants as service
from approvals.services.matching.observations import observe
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.approvals.many import many_grants
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def url(name, *arguments):
    return reverse(f"approvals:grant_{name}", args=arguments)


def listed(client, query=""):
    text = text_of(client, url("export") + query)
    return list(csv.DictReader(io.StringIO(text)))


def ids(query, client=None):
    """The identities of the rows that a filter leaves."""
    return {row["Identity"] for row in listed(client or client_of("viewer"), query)}


@pytest.fixture
def world():
    return Estate()


def test_a_row_says_who_may_do_what_until_when_who_agreed_and_what_was_seen(world):
    grant = world.granted()
    (row,) = listed(client_of("auditor"))
    assert row["Grant"] == (
        "The role mailer of Brightmail (account 4444-5555-6666) can send as news@shop.example.com, until 1 Jan 2027."
    )
    assert (row["Identity"], row["Vendor"], row["Until"]) == ("shop.example.com", "Brightmail", "2027-01-01")
    assert (row["Decided"], row["Seen"]) == ("In force", "Not observed")
    assert row["Approved by"] == f"{world.colleague} (owner), {world.security} (security)"
    observe(grant, Observation.WIDER, run=None, at=NOW)
    (row,) = listed(client_of("auditor"))
    assert row["Seen"] == "Wider"


def test_what_calms_is_unknown_where_nobody_looked_lately(world):
    observe(world.granted(), Observation.MATCH, run=None, at=NOW)
    assert listed(client_of("viewer"))[0]["Seen"] == "As approved"
    scope = world.identity.scope
    scope.last_complete_at = NOW - timedelta(hours=49)
    scope.save()
    assert listed(client_of("viewer"))[0]["Seen"] == "Unknown"
    assert ids("?seen=match") == set()
    assert ids("?seen=unknown") == {"shop.example.com"}
    Grant.objects.update(observation=Observation.STILL_PRESENT)
    assert listed(client_of("viewer"))[0]["Seen"] == "Still there"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?state=live", {"shop.example.com"}),
        ("?state=30", set()),
        ("?state=60", {"shop.example.com"}),
        ("?state=90", {"shop.example.com"}),
        ("?state=ahead", set()),
        ("?state=ended", set()),
        ("?state=present", set()),
        ("?seen=wider", set()),
        ("?seen=not_observed", {"shop.example.com"}),
        ("?account=444455556666", {"shop.example.com"}),
        ("?account=4444-5555-6666", {"shop.example.com"}),
        ("?account=999988887777", set()),
        ("?account=nobody", set()),
        ("?q=4444-5555-6666", {"shop.example.com"}),
        ("?q=brightm", {"shop.example.com"}),
        ("?q=nothing", set()),
        ("?ends_on=2027-01-01", {"shop.example.com"}),
        ("?ends_on=2027-01-02", set()),
        ("?ends_on=2027-13-99", set()),
        ("?identity=0", set()),
        ("?sending_name=other.example", set()),
    ],
)
def test_grants_are_narrowed(world, query, names):
    world.granted()
    assert ids(query) == names


def test_grants_are_narrowed_by_what_became_of_them(world):
    grant = world.granted()
    assert ids(f"?vendor={world.vendor.pk}&team={world.team.pk}&identity={world.identity.pk}") == {"shop.example.com"}
    suspend(grant.pk, reason="Odd mails.", acting_user=world.security, at=NOW)
    assert ids("?state=live") == set()
    assert ids("?state=suspended") == {"shop.example.com"}
    service.revoke(grant.pk, reason="Odd mails.", acting_user=world.security, at=NOW)
    assert ids("?state=ended") == {"shop.example.com"}
    assert ids("?state=present") == set()
    observe(Grant.objects.get(), Observation.STILL_PRESENT, run=None, at=NOW)
    assert ids("?state=present") == {"shop.example.com"}


def test_a_grant_is_its_vendors_also_where_only_the_account_was_named(world):
    world.granted()
    Grant.objects.update(vendor=None)
    assert ids(f"?vendor={world.vendor.pk}") == {"shop.example.com"}


def test_an_owner_sees_the_grants_of_what_they_own(world):
    grant = world.granted()
    assert ids("", client_for(world.owner)) == {"shop.example.com"}
    stranger = client_of("owner", teams=[builders.team()])
    assert ids("", stranger) == set()
    for name in ("detail", "revoke", "will_not_renew"):
        assert stranger.post(url(name, grant.pk)).status_code == (404 if name != "detail" else 405)
    assert stranger.get(url("detail", grant.pk)).status_code == 404


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(world):
    many_grants(world, 60)
    client = client_of("viewer")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text_of(client, url("list"))
        return len(queries)

    asked()
    few = asked()
    Grant.objects.filter(pk__in=list(Grant.objects.values_list("pk", flat=True)[5:])).update(decision="suspended")
    many = asked()
    assert few == many
    assert few <= 16


def test_a_grant_tells_its_life_in_both_lines(world):
    grant = world.granted()
    run = builders.run()
    observe(grant, Observation.MATCH, run=run, at=NOW)
    observe(grant, Observation.MATCH, run=run, at=NOW + timedelta(hours=1))
    page = text_of(client_of("viewer"), url("detail", grant.pk))
    for words in ("Asked", "Approved as owner", "Approved as security", "Begins", "Ends", "In force", "As approved"):
        assert words in page
    assert page.count(f"run {run.pk}</a>") == 1
    assert f'"{PARTNER}' not in page
    assert "style=" not in page
    assert "ses:FromAddress" in page


def test_what_happened_since_stands_in_the_line_of_decisions(world):
    grant = world.granted()
    suspend(grant.pk, reason="Odd mails at night.", acting_user=world.security, at=NOW)
    page = text_of(client_of("viewer"), url("detail", grant.pk))
    assert "Odd mails at night." in page
    assert "life-suspended" in page
    service.revoke(grant.pk, reason="It was them.", acting_user=world.second, at=NOW)
    page = text_of(client_of("viewer"), url("detail", grant.pk))
    assert "It was them." in page
    assert "Ends</span>" not in page


def test_a_renewal_shows_on_both_grants(world):
    grant = world.granted()
    later = world.granted(kind="renew", predecessor=grant, starts_on=days(10), ends_on=days(100))
    assert f"grant {later.pk}</a>" in text_of(client_of("viewer"), url("detail", grant.pk))
    assert f"grant {grant.pk}</a>" in text_of(client_of("viewer"), url("detail", later.pk))
    assert ids("?state=ahead") == {"shop.example.com"}


def test_the_owner_ends_it_now(world):
    grant = world.granted()
    client = client_for(world.owner)
    assert "End this grant" in text_of(client, url("detail", grant.pk))
    assert client.post(url("revoke", grant.pk), {"reason": ""}).status_code == 422
    assert client.post(url("revoke", grant.pk), {"reason": "Contract over."}).status_code == 302
    grant.refresh_from_db()
    assert (grant.decision, grant.effective_ends_on) == ("revoked", days(0))
    assert client.post(url("revoke", grant.pk), {"reason": "Again."}).status_code == 409


def test_the_owner_ends_it_on_an_earlier_day(world):
    grant = world.granted()
    client = client_for(world.owner)
    later = client.post(url("revoke", grant.pk), {"reason": "Earlier.", "ends_on": days(60).isoformat()})
    assert later.status_code == 422
    assert "Choose an earlier day" in later.content.decode()
    assert client.post(url("revoke", grant.pk), {"reason": "Earlier.", "ends_on": "yesterday"}).status_code == 422
    past = client.post(url("revoke", grant.pk), {"reason": "Earlier.", "ends_on": days(-1).isoformat()})
    assert past.status_code == 422
    answer = client.post(url("revoke", grant.pk), {"reason": "Earlier.", "ends_on": days(9).isoformat()})
    assert answer.status_code == 302
    grant.refresh_from_db()
    assert (grant.decision, grant.effective_ends_on, grant.ends_on) == ("approved", days(9), days(60))
    page = text_of(client, url("detail", grant.pk))
    assert "Last day moved forward" in page
    assert "until 11 Nov 2026." in page


def test_the_owner_lets_it_run_out(world):
    grant = world.granted()
    client = client_for(world.owner)
    assert client.post(url("will_not_renew", grant.pk)).status_code == 302
    grant.refresh_from_db()
    assert grant.will_not_renew_at == NOW
    assert "Will not be renewed" in text_of(client, url("detail", grant.pk))


def test_readers_may_not_end_it(world):
    grant = world.granted()
    for role in ("viewer", "auditor", "vendor_manager", "admin"):
        client = client_of(role)
        assert "End this grant" not in text_of(client, url("detail", grant.pk))
        for name in ("revoke", "will_not_renew"):
            assert client.post(url(name, grant.pk), {"reason": "I want to."}).status_code == 403
    grant.refresh_from_db()
    assert grant.decision == "approved"


def test_the_empty_list_says_what_to_do():
    assert "Nothing is approved yet." in text_of(client_of("viewer"), url("list"))

"""Another endpoint than the double: what is missing there, and answers that are none."""

import pytest

from inventory.models import Identity
from tests import builders
from tests.collection.estate import ACCOUNT, collect
from tests.collection.plain_endpoint import plain_endpoint

pytestmark = pytest.mark.django_db
NAMES = ["a.example.com", "b.example.com", "info@example.com"]


@pytest.fixture
def endpoint(monkeypatch):
    with plain_endpoint(ACCOUNT, list(NAMES)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        builders.account(account_id=ACCOUNT)
        yield server


def test_it_reads_every_page_in_the_older_form(endpoint):
    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("complete", 3)
    assert endpoint.asked.count("GET /v2/email/identities") == 2
    assert endpoint.asked.count("POST /v2/email/list-identities") == 1
    assert sorted(path for path in endpoint.asked if path.startswith("GET /v2/email/identities/")) == [
        "GET /v2/email/identities/a.example.com",
        "GET /v2/email/identities/b.example.com",
        "GET /v2/email/identities/info%40example.com",
    ]
    assert Identity.objects.get(name="info@example.com").identity_type == "EMAIL_ADDRESS"


def test_an_endpoint_that_was_found_to_be_old_is_not_asked_the_new_way_again(endpoint):
    collect()
    endpoint.asked.clear()
    collect()
    assert "POST /v2/email/list-identities" not in endpoint.asked


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"{}", b"[]", b'{"EmailIdentities": [{}]}'])
def test_a_listing_that_is_no_listing_is_never_an_empty_one(endpoint, body):
    collect()
    endpoint.bodies["/v2/email/identities"] = body
    scope = collect(failures_in_a_row=2)["scopes"][0]
    assert scope["outcome"] == "failed"
    assert scope["error"].startswith("MalformedAnswer")
    assert Identity.objects.live().count() == 3


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"{}", b'{"Policies": []}', b'{"Tags": [7]}'])
def test_an_identity_that_is_not_described_is_never_one_without_policies(endpoint, body):
    endpoint.bodies["/v2/email/identities/a.example.com"] = body
    scope = collect(attempts_per_identity=2)["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("partial", 2)
    assert not Identity.objects.filter(name="a.example.com").exists()


def test_an_endpoint_that_knows_no_listing_has_failed(endpoint):
    endpoint.bodies["/v2/email/identities"] = b""
    scope = collect(failures_in_a_row=2)["scopes"][0]
    assert scope["outcome"] == "failed"

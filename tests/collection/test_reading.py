"""Every identity of every page, with one call each."""

import pytest

from inventory.models import Delegation, DelegationState, Identity, IdentityState, PolicyVersion, Scope
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, collect, policy

pytestmark = pytest.mark.django_db


def managed(account_id=ACCOUNT, **fields):
    return builders.account(**{"account_id": account_id, "relationship": "managed", "role_arn": ""} | fields)


def test_it_reads_every_identity_of_every_page_with_one_call_each(double):
    managed()
    for number in range(7):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com", policies={"p": policy()})
    double.fault("page_size", limit=3)

    found = collect()

    scope = {"account": ACCOUNT, "region": REGION, "outcome": "complete", "error": None, "identities": 7}
    assert found["scopes"] == [scope | {"api_calls": 10, "throttled": 0}]
    assert found["outcome"] == "complete"
    read = [call["subject"] for call in double.calls(action="GetEmailIdentity")]
    assert sorted(read) == [f"n{number}.example.com" for number in range(7)]
    assert len(double.calls(action="ListEmailIdentities")) == 3
    assert {call["action"] for call in double.calls()} == {
        "GetCallerIdentity", "ListEmailIdentities", "GetEmailIdentity",
    }  # fmt: skip


def test_an_empty_page_with_a_token_is_not_the_end(double):
    managed()
    double.put_identity(ACCOUNT, REGION, "example.com")
    double.fault("empty_page", times=1)

    assert collect()["scopes"][0]["identities"] == 1


def test_it_stores_what_one_reading_says(double):
    managed()
    double.put_identity(
        ACCOUNT, REGION, "mail.example.co.uk", dkim="SUCCESS", mail_from="b.example.co.uk",
        configuration_set="events", tags={"team": "Shop", "cost": 'a "quote" and \N{PARTY POPPER}'},
    )  # fmt: skip
    collect()

    identity = Identity.objects.get()
    assert identity.sending_name == "example.co.uk"
    assert identity.arn == f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/mail.example.co.uk"
    assert (identity.dkim_enabled, identity.dkim_status, identity.is_verified) == (True, "SUCCESS", True)
    assert (identity.mail_from_domain, identity.configuration_set) == ("b.example.co.uk", "events")
    assert identity.tags["cost"] == 'a "quote" and \N{PARTY POPPER}'


def test_a_second_collection_opens_resolves_and_changes_nothing(double):
    managed()
    double.put_identity(ACCOUNT, REGION, "example.com", policies={"a": policy(), "b": policy("*")}, tags={"team": "x"})
    first = collect()
    kept = (PolicyVersion, DelegationState, IdentityState, Delegation)
    before = [list(model.objects.order_by("pk").values()) for model in kept]

    second = collect()

    assert first["findings"]["opened"] > 0
    assert second["findings"] == {"opened": 0, "resolved": 0, "reopened": 0}
    assert [list(model.objects.order_by("pk").values()) for model in kept] == before


def test_the_first_complete_collection_is_the_baseline(double):
    managed()
    double.put_identity(ACCOUNT, REGION, "example.com", policies={"a": policy("*")})
    collect()
    first = Scope.objects.get().baseline_at
    double.put_identity(ACCOUNT, REGION, "other.example.com", policies={"a": policy("*")})
    collect()

    episodes = {
        finding.identity.name: finding.episodes.get().is_baseline
        for identity in Identity.objects.all()
        for finding in identity.findings.filter(rule_id="public-send")
    }
    assert episodes == {"example.com": True, "other.example.com": False}
    assert Scope.objects.get().baseline_at == first

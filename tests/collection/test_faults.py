"""What AWS refuses or garbles: the run ends, says what it could not see, and nothing known is removed or resolved."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError

from inventory.models import Finding, Identity, PolicyVersion, Scope, SendingPolicy
from inventory.services.collecting import scope_results
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, collect, policy

pytestmark = pytest.mark.django_db
LITTLE = timedelta(seconds=1)


@pytest.fixture
def account(double):
    return builders.account(account_id=ACCOUNT)


def read_once(double, *names, **facts):
    """Identities that one complete collection has seen."""
    for name in names:
        double.put_identity(ACCOUNT, REGION, name, policies={"p": policy("*")}, **facts)
    assert collect()["outcome"] == "complete"
    double.forget_calls()


def nothing_was_lost(*names):
    assert set(Identity.objects.live().values_list("name", flat=True)) == set(names)
    assert SendingPolicy.objects.filter(gone_at=None).count() == len(names)
    assert not Finding.objects.filter(presence="absent").exists()
    return True


def test_a_policy_that_is_no_json_is_kept_and_said_to_be_unreadable(double, account):
    double.put_identity(ACCOUNT, REGION, "example.com", policies={"broken": "{not json", "fine": policy()})
    assert collect()["outcome"] == "complete"

    assert PolicyVersion.objects.get(policy__name="broken").text == "{not json"
    identity = Identity.objects.get()
    assert (identity.widest_reach, identity.widest_trust) == ("undetermined", "unknown")
    assert Finding.objects.filter(rule_id="invalid-policy", policy_name="broken").exists()
    assert Finding.objects.filter(rule_id="unknown-account-send", policy_name="fine").exists()


def test_twenty_policies_of_four_kilobytes_are_read_whole(double, account):
    text = json.dumps(policy(Sid="x" * 3800))
    double.put_identity(ACCOUNT, REGION, "example.com", policies={f"p{number:02}": text for number in range(20)})
    assert collect()["outcome"] == "complete"
    assert [version.text for version in PolicyVersion.objects.all()] == [text] * 20


def test_an_account_that_denies_is_denied_and_keeps_what_is_known(double, account):
    read_once(double, "example.com")
    double.fault("deny", action="List*")

    found = collect()

    assert found["outcome"] == "denied"
    assert found["scopes"][0]["error"].startswith("AccessDenied: AWS denied ses:ListIdentities in eu-west-1")
    assert nothing_was_lost("example.com")
    assert set(Finding.objects.values_list("presence", flat=True)) == {"stale"}
    double.clear_faults()
    assert collect()["findings"] == {"opened": 0, "resolved": 0, "reopened": 0}
    assert set(Finding.objects.values_list("presence", flat=True)) == {"present"}


def test_an_identity_that_is_denied_makes_the_scope_partial(double, account):
    read_once(double, "a.example.com", "b.example.com", "c.example.com")
    double.fault("deny", action="GetEmailIdentity", identity="b.example.com")

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("partial", 2)
    assert scope["error"].startswith("AccessDeniedException: 1 of 3 identities could not be read")
    assert nothing_was_lost("a.example.com", "b.example.com", "c.example.com")
    assert {finding.identity.name for finding in Finding.objects.filter(presence="stale")} == {"b.example.com"}


def test_reading_that_is_denied_for_all_ends_the_scope_early(double, account):
    for number in range(12):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault("deny", action="GetEmailIdentity")

    scope = collect(rate=100)["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("denied", 0)
    assert len(double.calls(action="GetEmailIdentity")) == 6


def test_a_role_for_audits_lists_the_older_way(double, account):
    for number in range(3):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault("deny", action="ListEmailIdentities")

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("complete", 3)
    assert len(double.calls(action="ListIdentities")) == 1


def test_throttling_of_everything_loses_no_identity(double, account):
    names = [f"n{number}.example.com" for number in range(4)]
    read_once(double, *names)
    double.fault("throttle", seconds=1.5)

    scope = collect(longest_pause=0.3)["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("complete", 4)
    assert scope["throttled"] > 2
    assert nothing_was_lost(*names)


def test_throttling_without_end_is_given_up_without_loss(double, account):
    read_once(double, "example.com")
    double.fault("throttle")
    scope = collect(throttled_for=LITTLE)["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("unavailable", 0)
    assert nothing_was_lost("example.com")


@pytest.mark.parametrize("fault", [{"kind": "reset", "times": 3}, {"kind": "error", "status": 503, "times": 3}])
def test_passing_faults_are_tried_again(double, account, fault):
    for number in range(3):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault(**fault)
    scope = collect()["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("complete", 3)


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "error", "status": 500}])
def test_faults_that_stay_make_the_scope_unavailable(double, account, fault):
    read_once(double, "example.com")
    double.fault(**fault)
    scope = collect(failures_in_a_row=3)["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("unavailable", 0)
    assert nothing_was_lost("example.com")


def test_an_identity_that_always_fails_does_not_hold_up_the_others(double, account):
    for number in range(3):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault("error", status=500, action="GetEmailIdentity", identity="n0.example.com")

    scope = collect(rate=100, attempts_per_identity=3)["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("partial", 2)
    assert len(double.calls(action="GetEmailIdentity", subject="n0.example.com")) == 3


def test_expired_credentials_are_renewed(double, account):
    double.put_identity(ACCOUNT, REGION, "example.com")
    double.fault("expired_token", action="GetEmailIdentity", times=1)
    assert collect()["outcome"] == "complete"
    assert len(double.calls(action="GetCallerIdentity")) == 2


def test_a_listed_identity_that_is_not_found_stays_until_a_listing_lacks_it(double, account):
    read_once(double, "example.com", "other.example.com")
    double.fault("not_found", action="GetEmailIdentity", identity="example.com")
    assert collect()["outcome"] == "complete"
    assert nothing_was_lost("example.com", "other.example.com")


def test_an_identity_is_gone_when_the_listing_lacks_it_and_nobody_finds_it(double, account):
    read_once(double, "example.com", "other.example.com")
    double.delete_identity(ACCOUNT, REGION, "example.com")

    found = collect()

    assert found["findings"]["resolved"] > 0
    gone = Identity.objects.get(name="example.com")
    assert gone.gone_at is not None
    assert not gone.delegations.live().exists()
    assert not gone.states.filter(to_at=None).exists()
    reasons = {episode.reason for finding in gone.findings.all() for episode in finding.episodes.all()}
    assert reasons == {"identity_deleted"}
    assert Identity.objects.live().get().name == "other.example.com"


def test_an_identity_that_only_the_listing_lacks_stays(double, account):
    read_once(double, "example.com")
    double.fault("empty_page", times=1)
    builders.identity(scope=Scope.objects.get(), name="hidden.example.com", last_read_at=builders.NOW)
    double.delete_identity(ACCOUNT, REGION, "hidden.example.com")
    double.fault("deny", action="GetEmailIdentity", identity="hidden.example.com")
    assert collect()["outcome"] == "partial"
    assert Identity.objects.get(name="hidden.example.com").gone_at is None


def test_a_policy_is_gone_after_its_identity_was_read_whatever_became_of_the_scope(double, account):
    read_once(double, "a.example.com", "b.example.com")
    double.put_identity(ACCOUNT, REGION, "a.example.com", policies={})
    double.fault("deny", action="GetEmailIdentity", identity="b.example.com")

    found = collect()

    assert found["outcome"] == "partial"
    assert SendingPolicy.objects.get(identity__name="a.example.com").gone_at is not None
    assert SendingPolicy.objects.get(identity__name="b.example.com").gone_at is None
    assert found["findings"]["resolved"] > 0


def test_a_disabled_region_is_not_expected_beside_one_that_works(double, account):
    double.put_identity(ACCOUNT, REGION, "example.com")
    double.fault("disabled_region", region="me-south-1")

    found = collect(regions=(REGION, "me-south-1"))

    outcomes = {scope["region"]: scope["outcome"] for scope in found["scopes"]}
    assert outcomes == {REGION: "complete", "me-south-1": "denied"}
    assert Scope.objects.get(region="me-south-1").sight(builders.NOW) == "disabled"
    assert Scope.objects.get(region=REGION).is_expected


def test_refused_credentials_alone_are_no_proof_of_a_disabled_region(double, account):
    double.fault("disabled_region", region=REGION)
    found = collect()
    assert found["outcome"] == "denied"
    assert Scope.objects.get().is_expected


@pytest.mark.parametrize("sid", ["nul\x00", "half \ud83d"])
def test_characters_that_no_database_takes_do_not_lose_the_identity(double, account, sid):
    double.put_identity(ACCOUNT, REGION, "example.com", policies={"odd": json.dumps(policy("*", Sid=sid))})
    assert collect()["outcome"] == "complete"
    assert Identity.objects.get().reach_rank == 0


@pytest.mark.parametrize("clash", [IntegrityError, OperationalError])
def test_a_clash_with_another_worker_is_tried_again(double, account, monkeypatch, clash):
    double.put_identity(ACCOUNT, REGION, "example.com")
    clashes = [clash("duplicate key or deadlock")]
    save = scope_results.save_identity

    def save_after_a_clash(*arguments, **options):
        if clashes:
            raise clashes.pop()
        save(*arguments, **options)

    monkeypatch.setattr(scope_results, "save_identity", save_after_a_clash)
    assert collect()["outcome"] == "complete"
    assert Identity.objects.count() == 1


def test_an_identity_that_cannot_be_stored_does_not_cost_the_others(double, account, monkeypatch):
    read_once(double, "a.example.com", "b.example.com")
    double.put_identity(ACCOUNT, REGION, "a.example.com", tags={"team": "new"})
    save = scope_results.save_identity

    def fail_for_one(reading, facts, *, at):
        if facts.name == "a.example.com":
            raise RuntimeError("a rule that fails")
        save(reading, facts, at=at)

    monkeypatch.setattr(scope_results, "save_identity", fail_for_one)
    scope = collect()["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("partial", 1)
    assert "a.example.com was read but could not be stored (RuntimeError)" in scope["error"]
    assert nothing_was_lost("a.example.com", "b.example.com")

"""Ways into an account: its own credentials, a profile, a role; and what is said when there is none."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.aws.accounts import AccountAccess
from inventory.aws.sessions import Sessions
from inventory.models import CollectionRun, Identity, ListedIdentity, Scope
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, collect

pytestmark = pytest.mark.django_db
OTHER = "888877776666"
ROLE = f"arn:aws:iam::{OTHER}:role/sesgov-read"


def test_a_role_is_assumed_with_its_external_id_and_pinned_to_reading(double):
    builders.account(account_id=OTHER, role_arn=ROLE, external_id="shared-secret")
    double.put_identity(OTHER, REGION, "example.com")

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("complete", 1)
    assumed = double.calls(action="AssumeRole")
    assert len(assumed) == 1
    assert assumed[0]["detail"]["ExternalId"] == "shared-secret"
    allowed = json.loads(assumed[0]["detail"]["Policy"])["Statement"][0]["Action"]
    assert all(action.split(":")[1].startswith(("Get", "List", "Describe")) for action in allowed)


def test_the_installation_gives_accounts_without_a_role_theirs(double):
    builders.account(account_id=OTHER)
    double.put_identity(OTHER, REGION, "example.com")
    assert collect(role_name="sesgov-read", external_id="ours")["scopes"][0]["identities"] == 1
    assert double.calls(action="AssumeRole")[0]["detail"]["ExternalId"] == "ours"


def test_credentials_of_another_account_read_nothing(double):
    builders.account(account_id=OTHER)
    double.put_identity(ACCOUNT, REGION, "not-theirs.example.com")

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"], scope["api_calls"]) == ("denied", 0, 0)
    assert f"belong to account {ACCOUNT}" in scope["error"]
    assert not double.calls(service="ses")


def test_a_missing_profile_is_said_in_plain_words(double):
    builders.account(account_id=OTHER, profile="govcloud")
    scope = collect()["scopes"][0]
    assert scope["outcome"] == "denied"
    assert "govcloud" in scope["error"]


def test_no_credentials_at_all_are_said_in_plain_words(double, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    builders.account(account_id=ACCOUNT)
    scope = collect()["scopes"][0]
    assert scope["outcome"] == "denied"
    assert scope["error"].startswith("NoCredentialsError: There are no usable credentials for account")


def test_a_role_that_cannot_be_assumed_denies_every_known_scope(double):
    account = builders.account(account_id=OTHER, role_arn=ROLE)
    for region in ("eu-west-1", "us-east-1"):
        builders.scope(account=account, region=region)
    double.fault("deny", action="AssumeRole")

    found = collect(regions=())

    assert [(scope["region"], scope["outcome"]) for scope in found["scopes"]] == [
        ("eu-west-1", "denied"),
        ("us-east-1", "denied"),
    ]
    assert all("The role in account" in scope["error"] for scope in found["scopes"])
    assert len(double.calls(action="AssumeRole")) == 1
    assert found["outcome"] == "denied"


def test_credentials_of_a_role_are_kept_and_renewed_before_they_end(double):
    now = timezone.now()
    sessions = Sessions(clock=lambda: now)
    access = AccountAccess(OTHER, role_arn=ROLE)
    first = sessions.client(access, "sesv2", REGION)
    assert sessions.client(access, "sesv2", REGION) is first
    now += timedelta(minutes=56)
    assert sessions.client(access, "sesv2", REGION) is not first
    assert len(double.calls(action="AssumeRole")) == 2


def test_an_audit_role_gives_complete_names_and_says_whether_policies_could_be_read(double):
    builders.account(account_id=OTHER, role_arn=ROLE)
    names = {f"n{number}.example.com" for number in range(3)}
    for name in names:
        double.put_identity(OTHER, REGION, name)
    for action in ("ListEmailIdentities", "ListRegions"):
        double.fault("deny", action=action)
    assert collect()["scopes"][0]["outcome"] == "complete"
    assert set(Identity.objects.live().values_list("name", flat=True)) == names
    double.fault("deny", action="GetEmailIdentity")

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("denied", 0)
    assert "3 of 3 identities could not be read" in scope["error"]
    assert "AWS denied ses:GetEmailIdentity" in scope["error"]
    listed = ListedIdentity.objects.filter(scope_run__run_id=CollectionRun.objects.latest("pk").pk)
    assert set(listed.values_list("name", flat=True)) == names
    assert Identity.objects.live().count() == 3


def test_credentials_that_expire_in_mid_run_are_asked_for_anew_and_nothing_is_lost(double):
    """Fault: the session of the role ends between two identities; the run goes on with a new one."""
    builders.account(account_id=OTHER, role_arn=ROLE)
    names = {f"n{number}.example.com" for number in range(6)}
    for name in names:
        double.put_identity(OTHER, REGION, name)
    double.fault("error", code="ExpiredTokenException", status=403, action="GetEmailIdentity", after=3, times=1)

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["identities"]) == ("complete", 6)
    assert len(double.calls(action="AssumeRole")) == 2
    assert set(Identity.objects.live().values_list("name", flat=True)) == names


def test_credentials_that_expire_and_are_not_renewed_leave_what_was_read(double):
    """Fault: the role is taken away while its session ends; the scope says so, and nobody is taken for gone."""
    builders.account(account_id=OTHER, role_arn=ROLE)
    for number in range(6):
        double.put_identity(OTHER, REGION, f"n{number}.example.com")
    assert collect()["outcome"] == "complete"
    read_at = {identity.name: identity.last_read_at for identity in Identity.objects.all()}
    double.forget_calls()
    double.fault("error", code="ExpiredTokenException", status=403, action="GetEmailIdentity", after=3)
    double.fault("deny", action="AssumeRole", after=1)

    scope = collect()["scopes"][0]

    assert (scope["outcome"], scope["error"].partition(":")[0]) == ("partial", "AccessDenied")
    assert "The role in account" in scope["error"]
    assert Identity.objects.live().count() == 6
    reread = [identity for identity in Identity.objects.all() if identity.last_read_at != read_at[identity.name]]
    assert 0 < len(reread) < 6


def test_another_partition_has_its_own_arns_and_home(double, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-gov-west-1")
    builders.account(account_id=ACCOUNT, partition="aws-us-gov")
    double.put_identity(ACCOUNT, "us-gov-west-1", "example.com")
    assert collect(regions=("us-gov-west-1",))["scopes"][0]["identities"] == 1
    arn = Scope.objects.get().identities.get().arn
    assert arn == f"arn:aws-us-gov:ses:us-gov-west-1:{ACCOUNT}:identity/example.com"


def test_a_suspended_account_is_not_expected(double):
    account = builders.account(account_id=ACCOUNT, state="SUSPENDED")
    builders.scope(account=account, region=REGION)
    builders.account(account_id=OTHER, role_arn=ROLE)
    found = collect()
    assert [scope["account"] for scope in found["scopes"]] == [OTHER]
    assert account.scopes.get().unexpected_reason == "The account is suspended in AWS Organizations."

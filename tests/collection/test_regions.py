"""Regions: as the account says, else as EC2 says, else all that the SDK knows."""

import pytest

from inventory.aws.accounts import AccountAccess
from inventory.aws.regions import partition_of, regions_of, ses_regions
from inventory.aws.sessions import Sessions
from inventory.models import Scope
from tests import builders
from tests.builders import NOW
from tests.collection.estate import ACCOUNT, collect


def world(*regions):
    return {
        "default_account": ACCOUNT,
        "accounts": [{"id": ACCOUNT, "name": "Shop", "email": "shop@example.org", "regions": list(regions)}],
    }


WORLD = world("eu-west-1", "us-east-1")


def found_by(double):
    return regions_of(Sessions(clock=lambda: NOW), AccountAccess(ACCOUNT))


def test_the_account_says_which_regions_are_enabled(double):
    double.load_world(WORLD)
    found = found_by(double)
    assert found.enabled == ("eu-west-1", "us-east-1")
    assert found.is_certain
    assert "me-south-1" in found.disabled
    assert not double.calls(action="DescribeRegions")


def test_ec2_is_asked_where_the_account_may_not_be(double):
    double.load_world(WORLD)
    double.fault("deny", action="ListRegions")
    found = found_by(double)
    assert found.enabled == ("eu-west-1", "us-east-1")
    assert found.is_certain


def test_all_that_the_sdk_knows_is_tried_where_nobody_answers(double):
    double.fault("deny", action="ListRegions")
    double.fault("deny", action="DescribeRegions")
    found = found_by(double)
    assert found.enabled == ses_regions("aws")
    assert not found.is_certain


def test_regions_without_ses_are_left_out(double):
    assert "ap-east-1" not in found_by(double).enabled


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-east-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc"), ("mars", None)],
)
def test_a_region_lies_in_a_partition(region, partition):
    assert partition_of(region) == partition


@pytest.mark.django_db
def test_a_run_reads_the_enabled_regions_and_expects_nothing_of_the_others(double):
    double.load_world(WORLD)
    builders.account(account_id=ACCOUNT)
    double.put_identity(ACCOUNT, "us-east-1", "example.com")

    found = collect(regions=())

    assert {scope["region"]: scope["outcome"] for scope in found["scopes"]} == {
        "eu-west-1": "complete",
        "us-east-1": "complete",
    }
    assert found["outcome"] == "complete"
    assert Scope.objects.get(region="me-south-1").sight(NOW) == "disabled"


@pytest.mark.django_db
def test_a_region_that_the_account_lists_as_enabled_stays_expected_where_credentials_are_refused(double):
    builders.account(account_id=ACCOUNT)
    double.load_world(world("eu-west-1", "us-east-1", "eu-central-1"))
    double.put_identity(ACCOUNT, "us-east-1", "example.com")
    double.fault("disabled_region", region="eu-central-1")

    found = collect(regions=())

    refused = next(scope for scope in found["scopes"] if scope["region"] == "eu-central-1")
    assert refused["outcome"] == "denied"
    assert "UnrecognizedClientException" in refused["error"]
    assert found["outcome"] == "partial"
    assert Scope.objects.get(region="eu-central-1").sight(NOW) == "denied"

    collect(regions=("us-east-1", "eu-central-1"))
    assert Scope.objects.get(region="eu-central-1").is_expected


@pytest.mark.django_db
def test_a_region_that_was_disabled_keeps_what_is_known_and_comes_back(double):
    builders.account(account_id=ACCOUNT)
    double.load_world(WORLD)
    double.put_identity(ACCOUNT, "us-east-1", "example.com")
    collect(regions=())
    double.load_world(world("eu-west-1"))

    collect(regions=())

    scope = Scope.objects.get(region="us-east-1")
    assert not scope.is_expected
    assert scope.identities.live().count() == 1
    double.load_world(WORLD)
    double.put_identity(ACCOUNT, "us-east-1", "example.com")
    collect(regions=())
    scope.refresh_from_db()
    assert scope.is_expected


@pytest.mark.django_db
def test_the_settings_may_leave_regions_out(double, settings):
    settings.SESGOV_REGIONS = ("eu-west-1",)
    double.load_world(WORLD)
    account = builders.account(account_id=ACCOUNT)
    builders.scope(account=account, region="us-east-1")
    assert [scope["region"] for scope in collect(regions=())["scopes"]] == ["eu-west-1"]
    assert account.scopes.get(region="us-east-1").unexpected_reason == "The region is left out by SESGOV_REGIONS."


@pytest.mark.django_db
def test_a_disabled_region_that_only_its_refusal_tells_of_is_not_expected(double):
    builders.account(account_id=ACCOUNT)
    double.load_world(WORLD)
    double.fault("deny", action="ListRegions")
    double.fault("deny", action="DescribeRegions")

    found = collect(regions=())

    assert {scope["region"] for scope in found["scopes"]} == {"eu-west-1", "us-east-1"}
    assert found["outcome"] == "complete"
    assert Scope.objects.expected().count() == 2

"""The demo's world, as the SDK sees it with the demo's own files and variables."""

import boto3
import pytest
from botocore.exceptions import ClientError

from sesgov.demo import estate_accounts as known
from sesgov.demo.estate import build_world
from sesgov.demo.estate_identities import names
from sesgov.demo.files import aws_environment
from tests.aws_double.running import NO_RETRIES, fresh_double


@pytest.fixture
def double(tmp_path, monkeypatch):
    double = fresh_double()
    double.load_world(build_world())
    for name, value in aws_environment(tmp_path, double.url).items():
        monkeypatch.setenv(name, value)
    return double


def ses(account, region):
    """A client in one of our accounts, reached as the registry of the demo says."""
    if account is known.GOVERNMENT:
        return boto3.Session(profile_name=known.GOVERNMENT_PROFILE).client("sesv2", config=NO_RETRIES)
    session = boto3.Session(region_name=region)
    if account is not known.MANAGEMENT:
        role = f"arn:aws:iam::{account.id}:role/{known.ROLE_NAME}"
        sts = session.client("sts")
        answer = sts.assume_role(RoleArn=role, RoleSessionName="test", ExternalId=known.EXTERNAL_ID)
        credentials = answer["Credentials"]
        keys = (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        session = boto3.Session(*keys, region_name=region)
    return session.client("sesv2", config=NO_RETRIES)


def listed(account, region):
    return [item["IdentityName"] for item in ses(account, region).list_email_identities()["EmailIdentities"]]


def refusal(account, region):
    with pytest.raises(ClientError) as caught:
        listed(account, region)
    return caught.value.response["Error"]["Code"]


@pytest.mark.parametrize(
    ("account", "region"),
    [(known.MANAGEMENT, "eu-west-1"), (known.SHOP, "us-east-1"), (known.GOVERNMENT, "us-gov-west-1")],
    ids=["own credentials", "role", "profile"],
)
def test_identities_are_listed_each_way_that_accounts_are_reached(double, account, region):
    assert listed(account, region) == names(account, region)


def test_two_doors_are_shut_and_say_why(double):
    assert {refusal(known.DENYING, region) for region in known.REGIONS} == {"AccessDeniedException"}
    account, region = known.DISABLED
    assert refusal(account, region) == "UnrecognizedClientException"
    assert listed(account, "eu-west-1")


def test_the_organization_knows_the_commercial_accounts(double):
    # A session of its own: the default one may hold the credentials of an earlier test.
    accounts = boto3.Session().client("organizations", region_name="us-east-1").list_accounts()["Accounts"]
    assert {item["Id"] for item in accounts} == {account.id for account in known.COMMERCIAL}

"""A world: an organization, roles that trust, regions that are off, a second partition."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.aws_double.running import aws, fresh_double

MANAGEMENT, MEMBER, CLOSED, GOVERNMENT = "640915237708", "651027384991", "662138495002", "673249506113"
ROLE = f"arn:aws:iam::{MEMBER}:role/sesgov-read"
KEY, GOVERNMENT_KEY = "AKIATESTMANAGEMENT00", "AKIATESTGOVERNMENT00"


def account(account_id, **fields):
    path = f"o-world12345/r-root/ou-{account_id}/"
    return {"id": account_id, "name": account_id, "path": path, "regions": ["eu-west-1", "us-east-1"]} | fields


def world(**organization):
    reader = {"name": "sesgov-read", "external_id": "secret-1"}
    return {
        "organization": {"id": "o-world12345", "management_account": MANAGEMENT} | organization,
        "accounts": [
            account(MANAGEMENT, access_keys=[KEY]),
            account(MEMBER, role=reader, identities=[{"name": "a.example.com", "region": "eu-west-1"}]),
            account(CLOSED, role=reader, state="CLOSED"),
            *(account(f"7000000000{number}") for number in range(10, 33)),
            account(
                GOVERNMENT,
                path=None,
                partition="aws-us-gov",
                regions=["us-gov-west-1"],
                access_keys=[GOVERNMENT_KEY],
                identities=[{"name": "agency.example.org", "region": "us-gov-west-1"}],
            ),
        ],
    }


def double_with_world(**organization):
    double = fresh_double()
    double.load_world(world(**organization))
    return double


def code(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def assume(double, **arguments):
    wanted = {"RoleArn": ROLE, "RoleSessionName": "test", "ExternalId": "secret-1"} | arguments
    sts = aws(double, "sts", account=KEY)
    return sts.assume_role(**{name: value for name, value in wanted.items() if value})["Credentials"]


def test_a_role_is_assumed_by_name_and_external_id():
    double = double_with_world()
    credentials = assume(double)
    sts = aws(double, "sts", credentials=credentials)
    assert sts.get_caller_identity()["Account"] == MEMBER
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/sesgov-read/test"
    listed = aws(double, "sesv2", credentials=credentials).list_email_identities()["EmailIdentities"]
    assert [item["IdentityName"] for item in listed] == ["a.example.com"]
    assert double.calls(action="AssumeRole")[0]["detail"]["ExternalId"] == "secret-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ExternalId": "guess"},
        {"ExternalId": None},
        {"RoleArn": f"arn:aws:iam::{MEMBER}:role/other"},
        {"RoleArn": f"arn:aws:iam::{CLOSED}:role/sesgov-read"},
        {"RoleArn": f"arn:aws:iam::{MANAGEMENT}:role/sesgov-read"},
        {"RoleArn": "arn:aws:iam::999900001111:role/sesgov-read"},
        {"RoleArn": f"arn:aws-us-gov:iam::{MEMBER}:role/sesgov-read"},
    ],
)
def test_every_other_role_is_denied(wrong):
    assert code(assume, double=double_with_world(), **wrong) == "AccessDenied"


def test_a_session_policy_is_kept_to():
    double = double_with_world()
    only_list = {"Statement": [{"Effect": "Allow", "Action": ["ses:List*"], "Resource": "*"}]}
    v2 = aws(double, "sesv2", credentials=assume(double, Policy=json.dumps(only_list)))
    assert len(v2.list_email_identities()["EmailIdentities"]) == 1
    assert code(v2.get_email_identity, EmailIdentity="a.example.com") == "AccessDeniedException"


def test_the_organization_lists_twenty_accounts_to_a_page():
    double = double_with_world()
    organizations = aws(double, "organizations", account=KEY)
    pages = [page["Accounts"] for page in organizations.get_paginator("list_accounts").paginate()]
    assert [len(page) for page in pages] == [20, 6]
    listed = {item["Id"]: item for page in pages for item in page}
    assert (listed[CLOSED]["State"], "Status" in listed[CLOSED]) == ("CLOSED", False)
    assert listed[MEMBER]["Paths"] == [f"o-world12345/r-root/ou-{MEMBER}/"]
    assert GOVERNMENT not in listed
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    assert code(organizations.list_accounts, MaxResults=20, NextToken="?") == "BadRequestException"
    member = aws(double, "organizations", credentials=assume(double))
    assert code(member.list_accounts) == "AccessDeniedException"


def test_an_older_organization_says_status():
    double = double_with_world(legacy_status=True)
    listed = aws(double, "organizations", account=KEY).list_accounts()["Accounts"]
    assert {item["Id"]: item["Status"] for item in listed}[CLOSED] == "SUSPENDED"
    assert "State" not in listed[0]


def test_a_region_that_is_off_does_not_know_the_token():
    double = double_with_world()
    credentials = assume(double)
    off = "ap-southeast-2"
    v2, v1 = (aws(double, service, region=off, credentials=credentials) for service in ("sesv2", "ses"))
    assert code(v2.list_email_identities) == "UnrecognizedClientException"
    assert code(v1.list_identities) == "InvalidClientTokenId"


def test_enabled_regions_are_listed_by_the_account_and_by_ec2():
    double = double_with_world()
    listed = aws(double, "account", account=KEY).list_regions(AccountId=MEMBER)["Regions"]
    enabled = {item["RegionName"] for item in listed if item["RegionOptStatus"] == "ENABLED_BY_DEFAULT"}
    assert enabled == {"eu-west-1", "us-east-1"}
    assert len(listed) > len(enabled)
    member = aws(double, "account", credentials=assume(double))
    only = member.list_regions(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])["Regions"]
    assert {item["RegionName"] for item in only} == enabled
    assert code(member.list_regions, AccountId=MANAGEMENT) == "AccessDeniedException"
    ec2 = aws(double, "ec2", credentials=assume(double))
    assert {item["RegionName"] for item in ec2.describe_regions()["Regions"]} == enabled
    everywhere = ec2.describe_regions(AllRegions=True)["Regions"]
    assert {item["RegionName"] for item in everywhere if item["OptInStatus"] != "not-opted-in"} == enabled
    assert len(everywhere) == len(listed)


def test_the_partitions_do_not_know_each_other():
    double = double_with_world()
    government = aws(double, "sesv2", account=GOVERNMENT_KEY, region="us-gov-west-1")
    listed = government.list_email_identities()["EmailIdentities"]
    assert [item["IdentityName"] for item in listed] == ["agency.example.org"]
    caller = aws(double, "sts", account=GOVERNMENT_KEY, region="us-gov-west-1").get_caller_identity()
    assert (caller["Account"], caller["Arn"].split(":")[1]) == (GOVERNMENT, "aws-us-gov")
    abroad = aws(double, "sesv2", account=GOVERNMENT_KEY, region="eu-west-1")
    assert code(abroad.list_email_identities) == "UnrecognizedClientException"
    assert code(aws(double, "sts", account=KEY, region="us-gov-west-1").get_caller_identity) == "InvalidClientTokenId"


def test_loading_a_world_forgets_the_one_before():
    double = double_with_world()
    double.load_world({"accounts": [account(MEMBER)]})
    assert double.identities(MEMBER, "eu-west-1") == {}
    assert double.calls() == []

"""Identities as SES v1 and v2 show them, to the SDK itself."""

import json
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tests.aws_double.running import ACCOUNT, REGION, aws, fresh_double, policy_text

NAME = "shop.example.com"
ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{NAME}"


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_policy_written_with_v1_is_read_with_v2_and_the_other_way_round():
    double = fresh_double()
    v1, v2 = aws(double, "ses"), aws(double, "sesv2")
    v2.create_email_identity(EmailIdentity=NAME)
    v1.put_identity_policy(Identity=NAME, PolicyName="one", Policy=policy_text())
    v2.create_email_identity_policy(EmailIdentity=NAME, PolicyName="two", Policy=policy_text())

    assert v2.get_email_identity(EmailIdentity=NAME)["Policies"] == {"one": policy_text(), "two": policy_text()}
    assert v1.list_identity_policies(Identity=NAME)["PolicyNames"] == ["one", "two"]
    read = v1.get_identity_policies(Identity=NAME, PolicyNames=["two", "absent"])
    assert read["Policies"] == {"two": policy_text()}

    v1.delete_identity_policy(Identity=NAME, PolicyName="one")
    assert v2.get_email_identity_policies(EmailIdentity=NAME)["Policies"] == {"two": policy_text()}


def test_policies_have_the_limits_of_ses():
    double = fresh_double()
    v1, v2 = aws(double, "ses"), aws(double, "sesv2")
    double.put_identity(ACCOUNT, REGION, NAME, policies={f"p{n}": policy_text() for n in range(20)})
    create = v2.create_email_identity_policy
    assert refusal(create, EmailIdentity=NAME, PolicyName="p0", Policy=policy_text()) == "AlreadyExistsException"
    assert refusal(create, EmailIdentity=NAME, PolicyName="p20", Policy=policy_text()) == "LimitExceededException"
    update = v2.update_email_identity_policy
    assert refusal(update, EmailIdentity=NAME, PolicyName="p0", Policy="{no") == "BadRequestException"
    assert refusal(update, EmailIdentity=NAME, PolicyName="p0", Policy="{}") == "BadRequestException"
    large = policy_text(Sid="x" * 4096)
    assert refusal(update, EmailIdentity=NAME, PolicyName="p0", Policy=large) == "BadRequestException"
    assert refusal(v1.put_identity_policy, Identity=NAME, PolicyName="p0", Policy="{no") == "InvalidPolicy"
    assert refusal(v2.get_email_identity, EmailIdentity="absent.example.com") == "NotFoundException"


def test_the_back_door_stores_what_ses_would_refuse():
    double = fresh_double()
    double.put_identity(ACCOUNT, REGION, NAME, policies={"broken": "{no", "large": "x" * 5000})
    assert aws(double, "sesv2").get_email_identity(EmailIdentity=NAME)["Policies"] == {
        "broken": "{no",
        "large": "x" * 5000,
    }


def test_tags_belong_to_the_real_arn_and_show_in_the_identity():
    double = fresh_double()
    v2 = aws(double, "sesv2")
    strange = 'o\'Brien "ops" \U0001f4ec'
    v2.create_email_identity(EmailIdentity=NAME, Tags=[{"Key": "owner", "Value": strange}])
    v2.tag_resource(ResourceArn=ARN, Tags=[{"Key": "team", "Value": "Shop"}])
    expected = [{"Key": "owner", "Value": strange}, {"Key": "team", "Value": "Shop"}]
    assert v2.get_email_identity(EmailIdentity=NAME)["Tags"] == expected
    assert v2.list_tags_for_resource(ResourceArn=ARN)["Tags"] == expected
    v2.untag_resource(ResourceArn=ARN, TagKeys=["owner"])
    assert v2.get_email_identity(EmailIdentity=NAME)["Tags"] == expected[1:]


def test_verification_dkim_and_mail_from_are_what_the_identity_says():
    double = fresh_double()
    v2 = aws(double, "sesv2")
    double.put_identity(ACCOUNT, REGION, NAME, mail_from="bounce.shop.example.com", configuration_set="default")
    double.put_identity(ACCOUNT, REGION, "new.example.com", verification="PENDING", dkim="NOT_STARTED")
    good, new = v2.get_email_identity(EmailIdentity=NAME), v2.get_email_identity(EmailIdentity="new.example.com")
    assert (good["VerifiedForSendingStatus"], new["VerifiedForSendingStatus"]) == (True, False)
    assert (good["DkimAttributes"]["Status"], new["DkimAttributes"]["SigningEnabled"]) == ("SUCCESS", False)
    assert good["MailFromAttributes"]["MailFromDomain"] == "bounce.shop.example.com"
    assert "MailFromDomain" not in new["MailFromAttributes"]
    assert (good["ConfigurationSetName"], good["FeedbackForwardingStatus"]) == ("default", True)
    listed = {item["IdentityName"]: item for item in v2.list_email_identities()["EmailIdentities"]}
    assert listed["new.example.com"]["VerificationStatus"] == "PENDING"
    assert listed["new.example.com"]["SendingEnabled"] is False


def test_v1_reads_notification_topics_and_statuses_in_batches():
    double = fresh_double()
    v1 = aws(double, "ses")
    topic = "arn:aws:sns:eu-west-1:651027384991:bounces"
    double.put_identity(ACCOUNT, REGION, NAME, topics={"BounceTopic": topic}, dkim="NOT_STARTED")
    asked = {"Identities": [NAME, "absent.example.com"]}
    assert v1.get_identity_notification_attributes(**asked)["NotificationAttributes"][NAME]["BounceTopic"] == topic
    verified = v1.get_identity_verification_attributes(**asked)["VerificationAttributes"]
    assert {name: item["VerificationStatus"] for name, item in verified.items()} == {NAME: "Success"}
    assert v1.get_identity_dkim_attributes(**asked)["DkimAttributes"][NAME]["DkimEnabled"] is False
    assert (
        v1.get_identity_mail_from_domain_attributes(**asked)["MailFromDomainAttributes"][NAME]["MailFromDomain"] == ""
    )


def test_accounts_and_regions_are_apart():
    double = fresh_double()
    double.put_identity(ACCOUNT, REGION, NAME)
    assert aws(double, "sesv2", region="us-east-1").list_email_identities()["EmailIdentities"] == []
    assert aws(double, "sesv2", account="651027384991").list_email_identities()["EmailIdentities"] == []
    double.delete_identity(ACCOUNT, REGION, NAME)
    assert aws(double, "sesv2").list_email_identities()["EmailIdentities"] == []


def test_lists_come_in_pages_in_both_versions():
    double = fresh_double()
    names = [f"n{number}.example.com" for number in range(5)]
    for name in names:
        double.put_identity(ACCOUNT, REGION, name)
    v2, found = aws(double, "sesv2"), []
    token: dict[str, str] = {}
    for _ in range(3):
        answer = v2.list_email_identities(PageSize=2, **token)
        found += [item["IdentityName"] for item in answer["EmailIdentities"]]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    assert (found, token) == (names, {})
    pages = aws(double, "ses").get_paginator("list_identities").paginate(PaginationConfig={"PageSize": 2})
    assert [page["Identities"] for page in pages] == [names[0:2], names[2:4], names[4:]]


def test_the_older_sdk_lists_with_get():
    double = fresh_double()
    double.put_identity(ACCOUNT, REGION, NAME)
    signed = (
        f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261122/{REGION}/ses/aws4_request, SignedHeaders=host, Signature=0"
    )
    request = Request(f"{double.url}/v2/email/identities?PageSize=10", headers={"Authorization": signed})  # noqa: S310 (loopback)
    with urlopen(request, timeout=5) as answer:  # noqa: S310
        assert [item["IdentityName"] for item in json.load(answer)["EmailIdentities"]] == [NAME]
    assert [call["action"] for call in double.calls()] == ["ListEmailIdentities"]


def test_what_the_double_does_not_answer_is_left_to_moto_or_refused_by_name():
    double = fresh_double()
    v2 = aws(double, "sesv2")
    v2.create_configuration_set(ConfigurationSetName="default")
    assert v2.list_configuration_sets()["ConfigurationSets"] == ["default"]
    assert v2.get_configuration_set_event_destinations(ConfigurationSetName="default")["EventDestinations"] == []
    assert v2.get_account()["SendingEnabled"] is True
    assert refusal(v2.get_dedicated_ips) == "UnknownOperationException"
    assert refusal(aws(double, "cloudtrail").lookup_events) == "NotImplemented"

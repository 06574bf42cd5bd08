"""Faults on demand, as the SDK meets them, and the log that tells of them."""

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.exceptions import ConnectionError as NoAnswerError

from sesgov.demo.aws_double.faults import Bucket
from tests.aws_double.running import ACCOUNT, REGION, aws, fresh_double

NAME = "shop.example.com"


def code(call, **arguments):
    """The error's code, or ``ok``."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def double_with_one_identity():
    double = fresh_double()
    double.put_identity(ACCOUNT, REGION, NAME)
    return double


def test_a_bucket_admits_by_arrival_and_refills():
    bucket = Bucket(limit=2.0, burst=1, now=100.0)
    assert [bucket.admits(now) for now in (100.0, 100.3, 100.5, 100.6, 101.0)] == [True, False, True, False, True]


def test_a_refused_call_does_not_push_the_next_one_back():
    bucket = Bucket(limit=1.0, burst=1, now=0.0)
    assert [bucket.admits(now) for now in (0.0, 0.9, 1.0)] == [True, False, True]


def test_a_burst_is_admitted_once():
    bucket = Bucket(limit=1.0, burst=3, now=0.0)
    assert [bucket.admits(0.0) for _ in range(4)] == [True, True, True, False]


def test_pace_is_kept_per_account_region_and_action():
    double = double_with_one_identity()
    double.put_identity(ACCOUNT, "us-east-1", NAME)
    double.fault("pace", limit=0.1, action="*EmailIdent*")
    here, there = aws(double, "sesv2"), aws(double, "sesv2", region="us-east-1")
    other = aws(double, "sesv2", account="651027384991")
    assert code(here.get_email_identity, EmailIdentity=NAME) == "ok"
    assert code(here.get_email_identity, EmailIdentity=NAME) == "TooManyRequestsException"
    assert code(there.get_email_identity, EmailIdentity=NAME) == "ok"
    assert code(here.list_email_identities) == "ok"
    assert code(other.list_email_identities) == "ok"
    assert double.throttled() == 1
    assert [call["status"] for call in double.calls(action="GetEmailIdentity")] == [200, 429, 200]


def test_everything_is_throttled_in_the_words_of_each_protocol():
    double = double_with_one_identity()
    double.fault("throttle")
    assert code(aws(double, "sesv2").list_email_identities) == "TooManyRequestsException"
    assert code(aws(double, "ses").list_identities) == "Throttling"
    assert code(aws(double, "organizations").list_accounts) == "TooManyRequestsException"
    assert code(aws(double, "ec2").describe_regions) == "RequestLimitExceeded"
    assert double.throttled() == 4


def test_a_fault_ends_after_its_time_and_after_its_number_of_strikes():
    double = double_with_one_identity()
    v2 = aws(double, "sesv2")
    double.fault("throttle", times=2)
    assert [code(v2.list_email_identities) for _ in range(3)] == ["TooManyRequestsException"] * 2 + ["ok"]
    double.fault("throttle", seconds=0.2)
    assert code(v2.list_email_identities) == "TooManyRequestsException"
    time.sleep(0.25)
    assert code(v2.list_email_identities) == "ok"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("deny", "AccessDeniedException"),
        ("disabled_region", "UnrecognizedClientException"),
        ("expired_token", "ExpiredTokenException"),
        ("error", "InternalFailure"),
    ],
)
def test_a_refusal_concerns_only_its_target(kind, expected):
    double = double_with_one_identity()
    v2 = aws(double, "sesv2")
    number = double.fault(kind, account=ACCOUNT, region=REGION, action="ListEmailIdentities")
    assert code(v2.list_email_identities) == expected
    assert code(v2.get_email_identity, EmailIdentity=NAME) == "ok"
    assert code(aws(double, "sesv2", region="us-east-1").list_email_identities) == "ok"
    assert code(aws(double, "sesv2", account="651027384991").list_email_identities) == "ok"
    double.clear_faults(number)
    assert code(v2.list_email_identities) == "ok"
    assert [call["code"] for call in double.calls(code=expected)] == [expected]


def test_expired_credentials_are_renewed_by_assuming_the_role_again():
    double = double_with_one_identity()
    role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/reader", "RoleSessionName": "test"}
    old = aws(double, "sts").assume_role(**role)["Credentials"]
    time.sleep(0.01)
    double.fault("expired_token", action="*EmailIdent*")
    time.sleep(0.01)
    new = aws(double, "sts").assume_role(**role)["Credentials"]
    assert code(aws(double, "sesv2", credentials=old).list_email_identities) == "ExpiredTokenException"
    assert code(aws(double, "sesv2", credentials=new).list_email_identities) == "ok"


def test_an_identity_can_be_listed_and_not_found():
    double = double_with_one_identity()
    double.put_identity(ACCOUNT, REGION, "other.example.com")
    double.fault("not_found", identity=NAME)
    v2 = aws(double, "sesv2")
    assert len(v2.list_email_identities()["EmailIdentities"]) == 2
    assert code(v2.get_email_identity, EmailIdentity=NAME) == "NotFoundException"
    assert code(v2.get_email_identity, EmailIdentity="other.example.com") == "ok"


def test_a_connection_is_reset_and_the_next_one_works():
    double = double_with_one_identity()
    v2 = aws(double, "sesv2")
    double.fault("reset", times=1)
    with pytest.raises((ConnectionClosedError, NoAnswerError)):
        v2.list_email_identities()
    assert code(v2.list_email_identities) == "ok"
    assert [call["code"] for call in double.calls()] == ["ConnectionReset", ""]


def test_an_answer_can_be_slow():
    double = double_with_one_identity()
    v2 = aws(double, "sesv2")
    double.fault("latency", milliseconds=150)
    v2.list_email_identities()
    assert double.calls()[0]["seconds"] >= 0.15


def test_an_empty_page_can_carry_a_token():
    double = double_with_one_identity()
    double.put_identity(ACCOUNT, REGION, "other.example.com")
    double.fault("empty_page")
    double.fault("page_size", limit=1)
    v2 = aws(double, "sesv2")
    sizes: list[int] = []
    token: dict[str, str] = {}
    while not sizes or token:
        answer = v2.list_email_identities(**token)
        sizes.append(len(answer["EmailIdentities"]))
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    assert sizes == [0, 1, 0, 1]


def test_a_fault_that_cannot_be_is_refused():
    double = fresh_double()
    with pytest.raises(OSError, match="400"):
        double.fault("earthquake")
    with pytest.raises(OSError, match="400"):
        double.fault("deny", colour="red")

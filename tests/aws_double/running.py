"""One double of AWS for the whole test session, emptied for each test that asks for it."""

import atexit
import json
from contextlib import ExitStack
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from sesgov.demo.aws_double.client import DoubleClient, started_double

ACCOUNT = "640915237708"
REGION = "eu-west-1"
# One session: it reads the description of each service once.
SESSION = boto3.Session()
NO_RETRIES = Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=5, connect_timeout=2)


@cache
def _started() -> DoubleClient:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(started_double())


def fresh_double() -> DoubleClient:
    """The double, with no identities, no world, no faults and an empty log."""
    double = _started()
    double.reset()
    return double


def aws(
    double: DoubleClient, service: Any, *, account: str = ACCOUNT, region: str = REGION, credentials: Any = None
) -> Any:
    """A client of the SDK for one account and region, without retries."""
    return SESSION.client(
        service,
        endpoint_url=double.url,
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"] if credentials else account,
        aws_secret_access_key="any",
        aws_session_token=credentials["SessionToken"] if credentials else None,
        config=NO_RETRIES,
    )


def policy_text(principal: object = "*", **fields: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ses:SendEmail", "Resource": "*"} | fields
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

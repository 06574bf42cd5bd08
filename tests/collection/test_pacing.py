"""The pace: from completion, one call in flight, over all processes."""

import secrets
import time

import pytest
from django.conf import settings
from redis import Redis

from inventory.aws.pacing import LONGEST_CALL_MS, Permit, RedisPacer
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, collect


def pacer(rate, prefix=None):
    return RedisPacer(Redis.from_url(settings.REDIS_URL), rate, prefix=prefix or secrets.token_hex(4))


def test_one_call_is_in_flight_for_each_account_region_and_action():
    paced = pacer(1)
    assert isinstance(paced.permit(ACCOUNT, REGION, "GetEmailIdentity"), Permit)
    assert isinstance(paced.permit(ACCOUNT, REGION, "GetEmailIdentity"), float)
    assert isinstance(paced.permit(ACCOUNT, REGION, "ListEmailIdentities"), Permit)
    assert isinstance(paced.permit(ACCOUNT, "us-east-1", "GetEmailIdentity"), Permit)
    assert isinstance(paced.permit("999988887777", REGION, "GetEmailIdentity"), Permit)


def test_the_interval_counts_from_the_completion():
    paced = pacer(1)
    permit = paced.permit(ACCOUNT, REGION, "x")
    time.sleep(0.5)
    assert isinstance(paced.permit(ACCOUNT, REGION, "x"), float)
    paced.completed(permit)
    # Counted from its start, half of the second would be over already.
    assert 0.5 < paced.permit(ACCOUNT, REGION, "x") <= 1
    time.sleep(1.01)
    assert isinstance(paced.permit(ACCOUNT, REGION, "x"), Permit)


def test_a_permit_that_expired_does_not_shorten_the_wait_of_the_next_holder():
    prefix = secrets.token_hex(4)
    paced = pacer(1000, prefix)
    late = paced.permit(ACCOUNT, REGION, "x")
    Redis.from_url(settings.REDIS_URL).delete(late.key)
    paced.permit(ACCOUNT, REGION, "x")
    paced.completed(late)
    time.sleep(0.01)
    assert isinstance(paced.permit(ACCOUNT, REGION, "x"), float)


def test_a_holder_that_died_bars_nobody_for_long():
    paced = pacer(1)
    permit = paced.permit(ACCOUNT, REGION, "x")
    assert 0 < Redis.from_url(settings.REDIS_URL).pttl(permit.key) <= LONGEST_CALL_MS


def test_without_a_pace_eight_calls_are_in_flight():
    paced = pacer(0)
    permits = [paced.permit(ACCOUNT, REGION, "x") for _ in range(9)]
    assert [isinstance(permit, Permit) for permit in permits] == [True] * 8 + [False]
    paced.completed(permits[0])
    assert isinstance(paced.permit(ACCOUNT, REGION, "x"), Permit)


@pytest.mark.django_db
def test_a_collection_at_the_pace_is_never_throttled(double):
    builders.account(account_id=ACCOUNT)
    for number in range(6):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault("pace", limit=8)
    double.fault("latency", milliseconds=50)
    scope = collect(rate=8)["scopes"][0]
    assert (scope["identities"], scope["throttled"]) == (6, 0)


@pytest.mark.django_db
def test_a_collection_faster_than_the_limit_still_reads_everything(double):
    builders.account(account_id=ACCOUNT)
    for number in range(6):
        double.put_identity(ACCOUNT, REGION, f"n{number}.example.com")
    double.fault("pace", limit=2)
    scope = collect(rate=40)["scopes"][0]
    assert (scope["outcome"], scope["identities"]) == ("complete", 6)
    assert scope["throttled"] > 0


@pytest.mark.django_db
def test_eight_scopes_are_read_side_by_side(double):
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"]
    builders.account(account_id=ACCOUNT)
    for region in regions:
        for number in range(5):
            double.put_identity(ACCOUNT, region, f"n{number}.example.com")
    eight = collect(rate=2, regions=regions)
    assert sum(scope["identities"] for scope in eight["scopes"]) == 40
    reads = [call["region"] for call in double.calls(action="GetEmailIdentity")]
    begun, finished = [reads.index(region) for region in regions], [_last(reads, region) for region in regions]
    assert max(begun) < min(finished)


def _last(values, value):
    return len(values) - 1 - values[::-1].index(value)

"""A live check of an account says what works, what does not, and what to do about it."""

import secrets

import pytest
from django.conf import settings
from django.utils import timezone
from redis import Redis

from inventory.aws.pacing import RedisPacer
from inventory.models import Account, AccountCheck, AuditEvent
from inventory.services.registry.account_checks import Checker, request_checks
from tests import builders
from tests.collection import discovering
from tests.collection.estate import LIMITS, policy
from tests.collection.organization import EXTERNAL_ID, KEY, MANAGEMENT, ROLE, member, world

pytestmark = pytest.mark.django_db
FIRST = member(1)["id"]


@pytest.fixture
def own(double, monkeypatch):
    """The double, with the process's credentials belonging to the management account, and one member to read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    double.load_world(world(member(1)))
    double.put_identity(FIRST, "eu-west-1", "example.com", policies={"p": policy()})
    builders.account(account_id=FIRST, name="Member 1")
    return double


def check(**options):
    pacer = RedisPacer(Redis.from_url(settings.REDIS_URL), 0, prefix=secrets.token_hex(4))
    request_checks(acting_user=None, at=timezone.now())
    Checker(lambda: discovering.sessions(**options), pacer, LIMITS, timezone.now).work()
    return AccountCheck.objects.exclude(checked_at=None).order_by("-id").first()


def steps(found):
    return {(step["name"], step["outcome"]): step for step in found.steps}


def test_all_is_well_and_each_step_says_so(own):
    found = check()
    assert found.outcome == "complete"
    assert [(step["name"], step["outcome"], step["regions"]) for step in found.steps] == [
        ("role", "ok", []),
        ("external_id", "ok", []),
        ("regions", "ok", []),
        ("list", "ok", ["eu-west-1", "us-east-1"]),
        ("read", "ok", ["eu-west-1"]),
        ("read", "skipped", ["us-east-1"]),
    ]
    assert EXTERNAL_ID not in str(found.steps)
    assert {"accountcheck.requested", "accountcheck.finished"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )


def test_a_wrong_external_id_is_told_apart_where_the_installations_own_works(own):
    """Fault: the ExternalId that was entered for the account is wrong."""
    Account.objects.update(role_arn=f"arn:aws:iam::{FIRST}:role/{ROLE}", external_id="typo-typo")

    found = check()

    assert found.outcome == "denied"
    step = steps(found)["external_id", "refused"]
    assert "the ExternalId that was entered for this account is wrong" in step["text"]
    assert "typo-typo" not in str(found.steps)


@pytest.mark.parametrize(
    "role", [None, {"name": "other", "external_id": EXTERNAL_ID}, {"name": ROLE, "external_id": "x"}]
)
def test_what_sts_does_not_tell_apart_is_said_as_such(own, role):
    """Fault: a role whose ExternalId is wrong; AWS answers as for a role that is missing."""
    own.load_world(world(member(1, role=role)))
    found = check()
    assert found.outcome == "denied"
    text = steps(found)["role", "refused"]["text"]
    assert "whether it is missing, has another ExternalId, or does not trust sesgov" in text
    assert "Deploy the template" in text
    assert steps(found)["role", "refused"]["code"] == "AccessDenied"


def test_a_role_that_asks_for_no_external_id_works_with_a_warning(own):
    own.load_world(world(member(1, role={"name": ROLE, "external_id": None})))
    found = check()
    assert found.outcome == "complete"
    assert "without an ExternalId as well" in steps(found)["external_id", "warning"]["text"]


def test_a_policy_that_denies_one_region_is_named_with_the_region(own):
    own.fault("deny", region="us-east-1", action="List*Identities")
    found = check()
    assert found.outcome == "partial"
    assert steps(found)["list", "refused"]["regions"] == ["us-east-1"]
    assert steps(found)["list_older", "refused"]["regions"] == ["us-east-1"]
    assert "service control policy" in steps(found)["list", "refused"]["text"]


def test_a_plain_audit_role_lists_the_older_way_and_is_complete(own):
    own.fault("deny", action="ListEmailIdentities")
    own.fault("deny", action="ListRegions")
    found = check()
    assert found.outcome == "complete"
    assert steps(found)["list_older", "ok"]["regions"] == ["eu-west-1", "us-east-1"]


def test_identities_that_are_listed_and_not_readable_are_said(own):
    own.fault("deny", action="GetEmailIdentity")
    found = check()
    assert found.outcome == "partial"
    assert steps(found)["read", "refused"]["regions"] == ["eu-west-1"]


def test_the_account_of_ones_own_credentials_needs_no_role(own):
    builders.account(account_id=MANAGEMENT, name="Management")
    check()
    found = AccountCheck.objects.get(account__account_id=MANAGEMENT)
    assert found.outcome == "complete"
    assert "its own credentials" in found.steps[0]["text"]


def test_an_account_is_checked_once_at_a_time():
    builders.account(account_id=FIRST)
    builders.account(state="SUSPENDED")
    builders.account(relationship="partner")
    assert len(request_checks(acting_user=None, at=timezone.now())) == 1
    assert request_checks(acting_user=None, at=timezone.now()) == []


def test_who_lost_the_lease_writes_nothing(own):
    request_checks(acting_user=None, at=timezone.now())

    def overtaken():
        AccountCheck.objects.update(fence=99)
        return discovering.sessions()

    pacer = RedisPacer(Redis.from_url(settings.REDIS_URL), 0, prefix=secrets.token_hex(4))
    assert Checker(overtaken, pacer, LIMITS, timezone.now).work() == 1
    assert AccountCheck.objects.get().checked_at is None

"""Discovery: the accounts of an organization, all of them or in part, and what becomes of those we know."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Account, AuditEvent, Delegation, Discovery, Organization
from inventory.policy.trust import Trust
from inventory.services.registry.account_changes import change_account, keep_as_ours
from inventory.services.registry.discovery import Discoverer, request_discovery
from inventory.services.schedule import start_scheduled_discoveries, start_scheduled_run
from tests import builders
from tests.collection import discovering, organization
from tests.collection.discovering import discover
from tests.collection.estate import begin, collector, policy
from tests.collection.organization import KEY, MANAGEMENT, ORGANIZATION, member, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(double, monkeypatch):
    """The double, with the process's credentials belonging to the management account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    return double


def ids(count):
    return [member(number)["id"] for number in range(1, count + 1)]


def test_every_account_of_every_page_is_entered_with_state_and_place(own):
    own.load_world(world(*(member(number) for number in range(1, 46)), member(46, state="SUSPENDED")))
    own.fault("empty_page", action="ListAccounts", times=1)

    found = discover()

    assert (found.outcome, found.listed, found.added, found.changed, found.left) == ("complete", 47, 47, 0, [])
    assert Account.objects.count() == 47
    account = Account.objects.get(account_id=member(1)["id"])
    assert (account.relationship, account.state, account.name) == ("managed", "ACTIVE", "Member 1")
    assert account.ou_path == f"{ORGANIZATION}/r-root/ou-root-unit1/"
    assert account.email == f"{account.account_id}@example.com"
    assert Account.objects.get(account_id=member(46)["id"]).trust(timezone.localdate()) is Trust.FORMER
    own_row = Organization.objects.get()
    assert (own_row.organization_id, own_row.relationship, found.organization) == (ORGANIZATION, "own", own_row)
    assert AuditEvent.objects.filter(action="account.discovered").count() == 47
    assert "installation-secret" not in "".join(AuditEvent.objects.values_list("data", flat=True))
    assert len(own.calls(action="ListAccounts")) == 4


def test_a_second_time_nothing_changes(own):
    own.load_world(world(member(1), member(2)))
    discover()
    before = AuditEvent.objects.filter(object_type="account").count()
    again = discover()
    assert (again.added, again.changed, again.left) == (0, 0, [])
    assert AuditEvent.objects.filter(object_type="account").count() == before


def test_what_people_said_stays_and_what_aws_says_follows(own):
    builders.account(account_id=member(1)["id"], name="Our shop", environment="production", relationship="partner")
    own.load_world(world(member(1), member(2)))
    discover()
    change_account(member(2)["id"], {"name": "By hand"}, acting_user=None, at=timezone.now())
    own.load_world(world(member(1, name="Renamed 1"), member(2, name="Renamed 2"), member(3)))
    discover()
    own.load_world(world(member(1), member(2), member(3, name="Renamed 3", state="CLOSED")))
    discover()

    names = dict(Account.objects.values_list("account_id", "name"))
    assert [names[each] for each in ids(3)] == ["Our shop", "By hand", "Renamed 3"]
    first, _, third = Account.objects.filter(account_id__in=ids(3))
    assert (first.relationship, first.environment) == ("partner", "production")
    assert third.state == "CLOSED"


def test_an_account_that_left_is_said_and_never_removed_and_counts_as_former(own):
    own.load_world(world(member(1), member(2)))
    discover()
    own.load_world(world(member(1)))

    found = discover()

    gone = Account.objects.get(account_id=member(2)["id"])
    assert (found.outcome, found.left) == ("complete", [gone.account_id])
    assert gone.left_at is not None
    assert gone.trust(timezone.localdate()) is Trust.FORMER
    assert discover().left == []
    assert builders.account(organization=found.organization).left_at is None
    assert discover().left == []

    keep_as_ours(gone.account_id, acting_user=builders.user("security"), at=timezone.now())
    gone.refresh_from_db()
    assert gone.trust(timezone.localdate()) is Trust.ORGANIZATION


def test_an_account_that_comes_back_is_ours_again(own):
    own.load_world(world(member(1), member(2)))
    discover()
    own.load_world(world(member(1)))
    discover()
    own.load_world(world(member(1), member(2)))
    assert discover().changed == 1
    assert Account.objects.get(account_id=member(2)["id"]).left_at is None


def test_an_organization_that_can_be_listed_in_part_only_loses_nobody(own):
    """Fault: the second page is denied; accounts of the missing pages are neither gone nor changed."""
    own.load_world(world(*(member(number) for number in range(1, 46))))
    discover()
    own.load_world(world(*(member(number, state="SUSPENDED") for number in range(1, 46))))
    own.fault("deny", action="ListAccounts", after=1)

    found = discover()

    assert (found.outcome, found.error_code, found.left) == ("partial", "AccessDeniedException", [])
    assert "The listing broke off after 20 accounts on 1 pages" in found.error_text
    assert "organizations:ListAccounts" in found.error_text
    assert not Account.objects.exclude(left_at=None).exists()
    states = list(Account.objects.values_list("state", flat=True))
    assert (states.count("SUSPENDED"), states.count("ACTIVE")) == (19, 27)


def test_a_listing_without_its_management_account_takes_nobody_for_gone(own):
    own.load_world(world(member(1), member(2)))
    discover()
    hollow = world(member(1))
    hollow["accounts"][0]["path"] = None
    hollow["accounts"][0]["access_keys"] = []
    hollow["accounts"][1]["access_keys"] = [KEY]
    hollow["organization"]["delegated_administrators"] = [member(1)["id"]]
    own.load_world(hollow)
    found = discover()
    assert (found.outcome, found.left) == ("partial", [])
    assert "without the management account" in found.error_text


def test_throttled_calls_are_taken_up_again(own):
    own.load_world(world(*(member(number) for number in range(1, 46)), legacy_status=True))
    own.fault("throttle", action="ListAccounts", times=3)
    own.fault("throttle", action="ListParents", after=5, times=4)
    waited: list[float] = []

    found = discover(sleep=waited.append)

    assert (found.outcome, found.listed, found.added) == ("complete", 46, 46)
    assert len(waited) == 7
    assert Account.objects.get(account_id=member(11)["id"]).ou_path == f"{ORGANIZATION}/r-root/ou-root-unit1/"
    assert Account.objects.get(account_id=MANAGEMENT).ou_path == f"{ORGANIZATION}/r-root/"


def test_places_that_nobody_may_read_leave_the_listing_whole(own):
    own.load_world(world(member(1), member(2)))
    discover()
    own.load_world(world(member(1), legacy_status=True))
    own.fault("deny", action="ListParents")
    found = discover()
    assert (found.outcome, found.left) == ("partial", [member(2)["id"]])
    assert "All 2 accounts were listed" in found.error_text
    assert Account.objects.get(account_id=member(1)["id"]).ou_path == f"{ORGANIZATION}/r-root/ou-root-unit1/"


def test_credentials_without_an_organization_say_whose_are_needed(double):
    found = discover()
    assert (found.outcome, found.error_code) == ("denied", "AWSOrganizationsNotInUseException")
    assert "management account" in found.error_text
    assert not Account.objects.exists()


def test_the_organization_of_a_partner_is_not_taken_for_ours(own):
    builders.organization(organization_id=ORGANIZATION, relationship="partner")
    own.load_world(world(member(1)))
    found = discover()
    assert (found.outcome, found.error_code) == ("failed", "OrganizationOfAnother")
    assert not Account.objects.exists()


def test_a_state_that_changed_judges_stored_facts_again(own):
    """A delegate inside our organization is suspended: what it may do is a former delegate's from then on."""
    own.load_world(world(member(1), member(2)))
    discover()
    own.put_identity(member(1)["id"], "eu-west-1", "example.com", policies={"p": policy(member(2)["id"])})
    reading = collector(role_name=organization.ROLE, external_id=organization.EXTERNAL_ID)
    run = begin(accounts=[member(1)["id"]])
    reading.work_to_the_end(run)
    assert Delegation.objects.get(is_live=True).trust == Trust.ORGANIZATION.value
    changed = own.world()
    changed["accounts"][2]["state"] = "SUSPENDED"
    own.load_world(changed)

    discover()

    assert Delegation.objects.get(is_live=True).trust == Trust.FORMER.value


def test_who_asks_while_one_is_under_way_is_led_to_it():
    at = timezone.now()
    first, is_new = request_discovery(acting_user=None, at=at)
    again, is_second = request_discovery(acting_user=builders.user("admin"), at=at)
    assert (first, is_new, is_second) == (again, True, False)


def test_a_worker_that_died_is_relieved_and_writes_nothing_more(own):
    own.load_world(world(*(member(number) for number in range(1, 46))))
    own.fault("throttle", action="ListAccounts", after=1, times=1)
    at = timezone.now()
    discovery, _ = request_discovery(acting_user=None, at=at)

    def overtaken(_seconds):
        Discovery.objects.update(leased_until=at - timedelta(hours=1))
        assert Discoverer(discovering.sessions(), discovering.LIMITS, timezone.now).work()

    assert Discoverer(discovering.sessions(), discovering.LIMITS, timezone.now, sleep=overtaken).work()
    discovery.refresh_from_db()
    assert (discovery.outcome, discovery.listed, discovery.added, discovery.fence) == ("complete", 46, 46, 2)


def test_discovery_is_repeated_before_the_daily_collection(own):
    own.load_world(world(member(1)))
    assert start_scheduled_discoveries(at=timezone.now()) == []
    discover()
    assert start_scheduled_discoveries(at=timezone.now()) == []
    tomorrow = timezone.now() + timedelta(days=1)
    assert [each.profile for each in start_scheduled_discoveries(at=tomorrow)] == [""]
    assert start_scheduled_discoveries(at=tomorrow) == []
    assert start_scheduled_run(discovering.LIMITS, at=tomorrow) is None
    Discovery.objects.update(finished_at=tomorrow)
    assert start_scheduled_run(discovering.LIMITS, at=tomorrow) is not None


def test_expired_credentials_are_asked_for_anew(own):
    own.load_world(world(*(member(number) for number in range(1, 46))))
    own.fault("expired_token", action="ListAccounts", after=1, times=1)
    assert discover().outcome == "complete"
    assert Account.objects.count() == 46

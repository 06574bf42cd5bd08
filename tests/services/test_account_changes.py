"""What the registry says of an account changes, with its trace."""

import json
from datetime import UTC, date, datetime

import pytest

from inventory.models import AuditEvent, Identity
from inventory.services.refusals import RefusedError
from inventory.services.registry.account_changes import change_account, keep_as_ours
from inventory.services.registry.accounts import NewAccount, add_account
from tests import builders

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_only_what_differs_is_written_and_audited():
    team = builders.team(name="Marketing")
    account = builders.account(name="Shop", environment="", owner_team=team)
    changed = change_account(
        account.account_id,
        {"name": " Shop ", "environment": "production", "owner": "MARKETING", "ends_on": date(2027, 1, 1)},
        acting_user=None,
        at=NOW,
    )
    account.refresh_from_db()
    assert set(changed) == {"environment", "ends_on"}
    assert (account.environment, account.ends_on, account.owner_team) == ("production", date(2027, 1, 1), team)
    data = json.loads(AuditEvent.objects.get().data)
    assert data == {"changed": {"environment": ["", "production"], "ends_on": [None, "2027-01-01"]}}


def test_nothing_differs_nothing_is_written():
    account = builders.account(name="Shop")
    assert change_account(account.account_id, {"name": "Shop"}, acting_user=None, at=NOW) == ()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account_id": "444455556666"}, "account_id"),
        ({"partition": "aws-us-gov"}, "partition"),
        ({"relationship": "friend"}, "relationship"),
        ({"external_id": "secret"}, "external_id"),
        ({"owner": "Nobody"}, "owner"),
        ({"name": "a\nb"}, "name"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field(changes, field):
    account = builders.account(name="Shop")
    with pytest.raises(RefusedError) as refusal:
        change_account(account.account_id, changes, acting_user=None, at=NOW)
    assert refusal.value.field == field
    account.refresh_from_db()
    assert account.name == "Shop"
    assert not AuditEvent.objects.exists()


def test_only_what_left_can_be_kept():
    account = builders.account()
    with pytest.raises(RefusedError):
        keep_as_ours(account.account_id, acting_user=builders.user("security"), at=NOW)


def test_nobody_makes_their_own_team_the_owner_of_an_account():
    team, account = builders.team(name="Marketing"), builders.account(account_id="111122223333")
    user = builders.user("security", "owner", teams=[team])
    with pytest.raises(RefusedError, match="to themselves"):
        change_account(account.account_id, {"owner": "Marketing"}, acting_user=user, at=NOW)
    with pytest.raises(RefusedError, match="to themselves"):
        add_account(NewAccount("444455556666", owner="Marketing"), acting_user=user, at=NOW)
    change_account(account.account_id, {"owner": "Marketing"}, acting_user=builders.user("security"), at=NOW)
    change_account(account.account_id, {"name": "Shop"}, acting_user=user, at=NOW)
    account.refresh_from_db()
    assert (account.owner_team, account.name) == (team, "Shop")


@pytest.mark.parametrize(
    "change",
    [
        lambda account: change_account(account.account_id, {"relationship": "former"}, acting_user=None, at=NOW),
        lambda account: keep_as_ours(account.account_id, acting_user=builders.user("security"), at=NOW),
    ],
)
def test_what_the_account_concerns_is_to_be_judged_again(change):
    account = builders.account(left_at=NOW)
    identity, other = builders.identity(scope=builders.scope(account=account)), builders.identity()
    change(account)
    assert list(Identity.objects.to_judge()) == [identity], other

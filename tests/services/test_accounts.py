"""Accounts enter the registry, or a sentence says why not and nothing is written."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from inventory.models import Account, AuditEvent, Team, Vendor
from inventory.policy.trust import Trust
from inventory.services.refusals import RefusedError
from inventory.services.registry.accounts import NewAccount, add_account

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ROLE = "arn:aws:iam::012345678901:role/sesgov-read"

pytestmark = pytest.mark.django_db


def add(account_id: str = "012345678901", **fields: Any) -> Account:
    return add_account(NewAccount(account_id, **fields), acting_user=None, at=NOW)


def test_it_keeps_the_leading_zero_and_writes_one_audit_row() -> None:
    account = add(name="Shop", role_arn=ROLE, external_id="not-for-the-log")
    assert Account.objects.get().account_id == "012345678901"
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("account.added", str(account.pk))
    assert "not-for-the-log" not in event.data


def test_a_new_vendor_is_made_once_whatever_its_case() -> None:
    add(vendor="Brightmail", relationship="partner")
    add("012345678902", vendor="brightmail ", relationship="partner")
    assert Vendor.objects.count() == 1


def test_the_owner_is_a_team_that_exists() -> None:
    team = Team.objects.create(name="Marketing", created_at=NOW)
    assert add(owner="marketing").owner_team == team
    with pytest.raises(RefusedError, match="no active team"):
        add("012345678902", owner="Nobody")


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"account_id": "12345678901"}, "account_id", "12 digits"),
        ({"account_id": "1234567890123"}, "account_id", "12 digits"),
        ({"account_id": "12345678901\n"}, "account_id", "12 digits"),
        ({"account_id": "\u0661" * 12}, "account_id", "12 digits"),
        ({"account_id": "<script>"}, "account_id", "12 digits"),
        ({"relationship": "friend"}, "relationship", "managed"),
        ({"environment": "prod"}, "environment", "production"),
        ({"partition": "aws-cn"}, "partition", "aws-us-gov"),
        ({"role_arn": "sesgov-read"}, "role_arn", "not a role ARN"),
        ({"role_arn": "arn:aws:iam::999988887777:role/r"}, "role_arn", "999988887777"),
        ({"role_arn": ROLE, "partition": "aws-us-gov"}, "role_arn", "aws-us-gov"),
        ({"external_id": "abc"}, "external_id", "--role-arn"),
        ({"role_arn": ROLE, "external_id": "a b"}, "external_id", "ExternalId"),
        ({"role_arn": ROLE, "profile": "p"}, "profile", "not both"),
        ({"name": "x" * 201}, "name", "200"),
        ({"name": "a\x00b"}, "name", "U.0000"),
        ({"name": "a\nb\x1b[31m"}, "name", "U.000A"),
        ({"name": "shop\u202emoc.elpmaxe"}, "name", "U.202E"),
        ({"vendor": "\udcff"}, "vendor", "U.DCFF"),
        ({"profile": "\x1b"}, "profile", "U.001B"),
        ({"owner": "\udcff"}, "owner", "U.DCFF"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(fields: dict[str, str], field: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says) as refusal:
        add(**fields)
    assert refusal.value.field == field
    assert not Account.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_duplicate_is_refused_with_the_row_named() -> None:
    add(name="Shop")
    with pytest.raises(RefusedError, match=r"already in the registry as Shop \(managed, added 2026-03-01\)"):
        add(name="Other")


@pytest.mark.parametrize(
    ("fields", "trust"),
    [
        ({"relationship": "managed"}, Trust.ORGANIZATION),
        ({"relationship": "organization"}, Trust.ORGANIZATION),
        ({"relationship": "partner"}, Trust.PARTNER),
        ({"relationship": "former"}, Trust.FORMER),
        ({"relationship": "partner", "ends_on": date(2026, 3, 1)}, Trust.PARTNER),
        ({"relationship": "partner", "ends_on": date(2026, 2, 28)}, Trust.FORMER),
    ],
)
def test_trust_follows_relationship_and_end(fields: dict[str, Any], trust: Trust) -> None:
    assert add(**fields).trust(date(2026, 3, 1)) is trust


def test_a_closed_account_and_an_ended_contract_make_a_former_delegate() -> None:
    closed, ended = add(), add("012345678902", vendor="Brightmail", relationship="partner")
    closed.state = Account.State.CLOSED
    Vendor.objects.update(contract_ends_on=date(2026, 2, 1))
    ended.refresh_from_db()
    assert closed.trust(date(2026, 3, 1)) is Trust.FORMER
    assert ended.trust(date(2026, 3, 1)) is Trust.FORMER

"""What the seeder enters, once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Account, AuditEvent, Organization, Team, User, Vendor
from inventory.policy.trust import Trust
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_people import LOGINS, PEOPLE, TEAMS
from sesgov.demo.seed import seed
from tests.builders import NOW, PASSWORD

pytestmark = pytest.mark.django_db
ENDPOINT = "http://127.0.0.1:4566"


def test_accounts_vendors_teams_and_people_are_entered():
    seed(password=PASSWORD, at=NOW)
    assert Account.objects.managed().count() == 12
    assert Account.objects.count() == 12 + len(known.OUTSIDE)
    assert Vendor.objects.count() == len(known.VENDORS)
    assert (Team.objects.count(), User.objects.count()) == (len(TEAMS), len(PEOPLE))
    assert Organization.objects.get(relationship="own").organization_id == known.ORGANIZATION_ID


def test_each_account_is_reached_in_its_own_way():
    seed(password=PASSWORD, at=NOW)
    ways = {account.account_id: (account.role_arn, account.profile) for account in Account.objects.managed()}
    assert ways[known.MANAGEMENT.id] == ("", "")
    assert ways[known.GOVERNMENT.id] == ("", known.GOVERNMENT_PROFILE)
    assert ways[known.SHOP.id] == (f"arn:aws:iam::{known.SHOP.id}:role/sesgov-read", "")
    assert Account.objects.get(account_id=known.GOVERNMENT.id).partition == "aws-us-gov"


def test_trust_is_what_the_demo_says():
    seed(password=PASSWORD, at=NOW)
    trust = {account.account_id: account.trust(NOW.date()) for account in Account.objects.select_related("vendor")}
    assert trust[known.SISTER_COMPANY.id] == Trust.ORGANIZATION
    assert trust[known.PELLEGRIN_SENDING.id] == Trust.PARTNER
    for ended in (known.QUILLFEATHER_PANEL, known.FENNIMORE_BOOKING, known.CLOSED_BRAND):
        assert trust[ended.id] == Trust.FORMER
    assert known.STRANGER not in trust
    assert known.PLACEHOLDER not in trust


def test_every_role_can_sign_in_and_nobody_else():
    logins = seed(password=PASSWORD, at=NOW)
    assert {login.role for login in logins} == {"viewer", "owner", "security", "vendor_manager", "auditor", "admin"}
    for login in logins:
        assert User.objects.get(email=login.email).check_password(PASSWORD)
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=[p.email for p in LOGINS]))


def test_what_was_known_was_known_before_the_history_and_nobody_had_left_yet():
    seed(password=PASSWORD, at=NOW)
    before = NOW - timedelta(days=90)
    for rows in (Account.objects, Vendor.objects, Team.objects, User.objects, Organization.objects):
        assert not rows.filter(created_at__gte=before).exists()
    assert not User.objects.filter(is_active=False).exists()
    assert {each.at for each in AuditEvent.objects.exclude(at__lt=before)} == {NOW}
    assert set(AuditEvent.objects.filter(at=NOW).values_list("action", flat=True)) == {"user.password_set"}


def test_a_second_seeding_changes_nothing_but_the_password():
    seed(password=PASSWORD, at=NOW)
    events = AuditEvent.objects.count()
    seed(password=PASSWORD, at=NOW + timedelta(days=1))
    assert AuditEvent.objects.count() == events
    seed(password="another correct battery", at=NOW + timedelta(days=2))
    assert User.objects.get(email=LOGINS[0].email).check_password("another correct battery")
    assert AuditEvent.objects.count() == events + len(LOGINS)


def test_the_command_prints_one_line_per_role(monkeypatch, capsys):
    monkeypatch.setenv("SESGOV_DEMO_ENDPOINT", ENDPOINT)
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    monkeypatch.setenv("SESGOV_DEMO_PASSWORD", PASSWORD)
    call_command("seed_demo")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=2) for line in lines] == [[p.roles[0], p.email, PASSWORD] for p in LOGINS]


def test_the_command_refuses_an_endpoint_that_nobody_opened(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    monkeypatch.delenv("SESGOV_DEMO_ENDPOINT", raising=False)
    with pytest.raises(CommandError, match="opened"):
        call_command("seed_demo")
    assert not User.objects.exists()

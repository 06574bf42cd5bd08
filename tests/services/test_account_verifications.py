"""Verifications: who found out whose an account is, kept for ever, valid for 12 months and for what was checked."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from inventory import populations
from inventory.models import Account, AccountVerification, AuditEvent
from inventory.services.refusals import RefusedError
from inventory.services.registry.account_verifications import a_year_after, verify_account
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def verify(account, **fields):
    said = {"method": "contract", "evidence": "Annex 2"} | fields
    return verify_account(account, **said, acting_user=builders.user("security"), at=NOW)


def is_verified(account, on=TODAY):
    return Account.objects.verified(on).filter(pk=account.pk).exists()


@pytest.fixture
def account():
    return builders.account(relationship="partner", vendor=builders.vendor(name="Brightmail"))


def test_it_holds_for_twelve_months_to_the_last_day(account):
    assert not is_verified(account)
    verify(account)
    assert is_verified(account)
    assert is_verified(account, date(2027, 11, 2))
    assert not is_verified(account, date(2027, 11, 3))


@pytest.mark.parametrize(("day", "later"), [("2026-11-02", "2027-11-02"), ("2028-02-29", "2029-02-28")])
def test_a_year_after(day, later):
    assert a_year_after(date.fromisoformat(day)) == date.fromisoformat(later)


def test_what_was_checked_is_no_longer_true_after_the_account_changes_hands(account):
    first = account.vendor
    verify(account)
    Account.objects.update(vendor=builders.vendor())
    assert not is_verified(account)
    Account.objects.update(vendor=None)
    assert not is_verified(account)
    Account.objects.update(vendor=first, relationship="former")
    assert not is_verified(account)
    Account.objects.update(relationship="partner")
    assert is_verified(account)


def test_an_account_without_a_vendor_can_be_verified():
    account = builders.account(relationship="organization")
    verify(account)
    assert is_verified(account)


@pytest.mark.parametrize(
    ("fields", "verified"),
    [
        ({"relationship": "managed", "listed_at": NOW}, True),
        ({"relationship": "organization", "listed_at": NOW}, True),
        ({"relationship": "partner", "listed_at": NOW}, False),
        ({"relationship": "managed", "listed_at": NOW, "left_at": NOW}, False),
        ({"relationship": "managed", "listed_at": NOW - timedelta(days=400)}, False),
        ({"relationship": "managed"}, False),
    ],
)
def test_an_account_that_our_organization_lists_needs_no_further_check(fields, verified):
    assert is_verified(builders.account(**fields)) is verified


def test_it_is_appended_with_its_audit_row_and_never_changed(account):
    check = verify(account)
    assert AuditEvent.objects.get().action == "account.verified"
    for write in (
        lambda: AccountVerification.objects.update(valid_until=TODAY),
        lambda: AccountVerification.objects.filter(pk=check.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            write()


@pytest.mark.parametrize(("fields", "field"), [({"method": "felt right"}, "method"), ({"evidence": " "}, "evidence")])
def test_without_method_or_evidence_nothing_is_kept(account, fields, field):
    with pytest.raises(RefusedError) as refusal:
        verify(account, **fields)
    assert refusal.value.field == field
    assert not AccountVerification.objects.exists()


def test_registered_senders_that_nobody_verified_are_a_population_of_their_own():
    known = {
        name: builders.account(account_id=f"{number:012}", relationship="partner")
        for number, name in enumerate(("never", "checked", "expired", "silent"), start=500)
    }
    builders.verification(account=known["checked"])
    builders.verification(account=known["expired"], valid_until=TODAY - timedelta(days=1))
    for name, account in known.items():
        builders.delegation(account_id=account.account_id, trust="partner", can_send=name != "silent")
    builders.delegation(account_id="999988887777", trust="unknown")
    user = builders.user("security")
    unverified = {each["account_id"] for each in populations.unverified_senders(user, TODAY)}
    assert unverified == {known["never"].account_id, known["expired"].account_id}
    assert {each["account_id"] for each in populations.unregistered_senders(user)} == {"999988887777"}

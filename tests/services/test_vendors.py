"""Vendors: what is known of a company is written with its audit row, and what its accounts may do follows at once."""

import json
from datetime import timedelta

import pytest

from inventory.aws.identities import IdentityFacts
from inventory.models import Account, AuditEvent, Finding, Identity, Vendor, VendorContact
from inventory.services.judging.reconciliation import Context, reconcile_identity
from inventory.services.judging.reevaluation import judge_due
from inventory.services.judging.registry_view import RegistryView
from inventory.services.refusals import RefusedError
from inventory.services.registry import vendors
from inventory.services.registry.vendors import (
    VendorFacts,
    add_contact,
    add_vendor,
    attach_account,
    change_vendor,
    remove_contact,
)
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
PARTNER = "702839415026"


def add(name="Brightmail", **fields):
    return add_vendor(VendorFacts(name, **fields), acting_user=None, at=NOW)


def change(vendor, **fields):
    return change_vendor(vendor, VendorFacts(**{"name": vendor.name} | fields), acting_user=None, at=NOW)


@pytest.fixture
def delegated():
    """An identity that lets the partner's account send, judged; the account is a partner's without a vendor."""
    builders.account(account_id=PARTNER, relationship="partner", name="sending")
    scope = builders.scope()
    statement = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "ses:SendEmail", "Resource": "*"}
    policies = {"p": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    context = Context(run=builders.run(), scope=scope, view=RegistryView(NOW.date()))
    reconcile_identity(IdentityFacts("shop.example.com", "DOMAIN", policies=policies, tags={}), context, at=NOW)
    return Identity.objects.get()


def trust_after_judging():
    judge_due(at=NOW)
    return Identity.objects.get().widest_trust


def test_a_vendor_without_an_account_is_entered_with_one_audit_row():
    sponsor = builders.user("viewer")
    vendor = add(sponsor=sponsor, contract_ends_on=NOW.date(), contract_reference="C-7", note="Two lines\nof note")
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("vendor.added", str(vendor.pk))
    assert json.loads(event.data)["sponsor"] == sponsor.email


def test_a_change_keeps_what_stood_before_and_the_same_again_writes_nothing():
    vendor = add(note="old")
    assert change(vendor, note="new")
    assert not change(vendor, note="new")
    event = AuditEvent.objects.get(action="vendor.changed")
    assert json.loads(event.data) == {"note": ["old", "new"]}


def test_a_contract_that_is_moved_into_the_past_makes_its_accounts_former_at_once(delegated):
    vendor = add(contract_ends_on=NOW.date() + timedelta(days=90))
    attach_account(Account.objects.get(account_id=PARTNER), vendor, acting_user=None, at=NOW)
    assert trust_after_judging() == "partner"
    change(vendor, contract_ends_on=NOW.date())
    assert trust_after_judging() == "partner"
    change(vendor, contract_ends_on=NOW.date() - timedelta(days=1))
    assert trust_after_judging() == "former"
    assert Finding.objects.open().filter(rule_id="former-delegate-send", subject=PARTNER).exists()
    change(vendor, contract_ends_on=NOW.date() + timedelta(days=1))
    assert trust_after_judging() == "partner"


def test_a_note_has_nothing_judged_again(delegated):
    vendor = add()
    attach_account(Account.objects.get(account_id=PARTNER), vendor, acting_user=None, at=NOW)
    judge_due(at=NOW)
    change(vendor, note="Only a note")
    assert not Identity.objects.to_judge().exists()


def test_attaching_to_a_vendor_whose_contract_is_over_ends_the_trust(delegated):
    over = add(contract_ends_on=NOW.date() - timedelta(days=1))
    account = Account.objects.get(account_id=PARTNER)
    assert attach_account(account, over, acting_user=None, at=NOW)
    assert not attach_account(account, over, acting_user=None, at=NOW)
    assert trust_after_judging() == "former"
    assert attach_account(account, None, acting_user=None, at=NOW)
    assert trust_after_judging() == "partner"
    said = AuditEvent.objects.filter(action="account.vendor_changed").values_list("data", flat=True)
    assert {(json.loads(each)["before"], json.loads(each)["after"]) for each in said} == {
        ("", "Brightmail"),
        ("Brightmail", ""),
    }


@pytest.mark.parametrize("relationship", ["managed", "organization"])
def test_an_account_of_ours_is_no_vendors(relationship):
    ours = builders.account(relationship=relationship)
    with pytest.raises(RefusedError, match="registered as ours") as refusal:
        attach_account(ours, add(), acting_user=None, at=NOW)
    assert refusal.value.field == "account_id"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "BRIGHTMAIL "}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"contract_reference": "\x1b"}, "contract_reference"),
        ({"note": "\x00"}, "note"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(fields, field):
    add()
    with pytest.raises(RefusedError) as refusal:
        add(**{"name": "Other"} | fields)
    assert refusal.value.field == field
    assert Vendor.objects.count() == AuditEvent.objects.count() == 1


def test_contacts_come_and_go_with_their_trail():
    vendor = add()
    contact = add_contact(vendor, name="Ada", email="ada@brightmail.example", role="On call", acting_user=None, at=NOW)
    with pytest.raises(RefusedError) as refusal:
        add_contact(vendor, name="Ada", email="ada@", acting_user=None, at=NOW)
    assert refusal.value.field == "email"
    remove_contact(contact, acting_user=None, at=NOW)
    remove_contact(contact, acting_user=None, at=NOW)
    assert not VendorContact.objects.exists()
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["vendor.added", "vendor.contact_added", "vendor.contact_removed"]


def test_a_name_that_is_taken_at_the_same_moment_is_refused_and_not_broken(monkeypatch):
    add()
    monkeypatch.setattr(vendors, "_check", lambda *_: None)
    with pytest.raises(RefusedError, match="already"):
        add("brightmail")
    assert Vendor.objects.count() == AuditEvent.objects.count() == 1

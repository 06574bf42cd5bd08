"""Accounts that look like one company: what is suggested, what is not, and what accepting does."""

import pytest

from inventory.models import Account, AuditEvent, Organization, Vendor
from inventory.services.refusals import RefusedError
from inventory.services.registry.vendor_suggestions import accept_suggestion, suggestions
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def partner(name, **fields):
    return builders.account(**{"relationship": "partner", "name": name} | fields)


def found():
    return {each.name: {account.name for account in each.accounts} for each in suggestions()}


def test_names_that_share_their_first_word_that_says_something():
    for name in (
        "Pellegrin Mailworks sending",
        "Pellegrin Mailworks testing",
        "Dunmere",
        "mail-production",
        "mail-test",
    ):
        partner(name)
    assert found() == {"Pellegrin Mailworks": {"Pellegrin Mailworks sending", "Pellegrin Mailworks testing"}}


def test_a_company_that_is_entered_takes_even_one_account():
    vendor = builders.vendor(name="Brightmail Ltd")
    partner("brightmail-sending")
    one = suggestions()[0]
    assert one.vendor == vendor
    assert [each.name for each in one.accounts] == ["brightmail-sending"]


def test_the_same_organization_or_mail_domain():
    organization = builders.organization(relationship=Organization.Relationship.PARTNER)
    partner("a", organization=organization)
    partner("b", organization=organization)
    partner("c", email="root+c@vantrell.example")
    partner("d", email="aws@vantrell.example")
    partner("e", email="e@gmail.com")
    partner("f", email="f@gmail.com")
    assert set(map(frozenset, found().values())) == {frozenset("ab"), frozenset("cd")}


def test_ours_those_with_a_vendor_and_those_alike_in_nothing_are_left_out():
    builders.account(relationship="organization", name="harbour one")
    builders.account(relationship="managed", name="harbour two")
    partner("quill one", vendor=builders.vendor(name="Quillfeather"))
    partner("quill two")
    partner("lone")
    assert found() == {}


def accept(accounts, **fields):
    said = {"vendor": None, "name": "Pellegrin"} | fields
    ids = [each.account_id for each in accounts]
    return accept_suggestion(account_ids=ids, **said, acting_user=None, at=NOW)


def test_accepting_enters_the_company_and_attaches_all_of_them():
    accounts = [partner("Pellegrin one"), partner("Pellegrin two")]
    vendor = accept(accounts)
    assert set(vendor.accounts.all()) == set(accounts)
    actions = sorted(AuditEvent.objects.values_list("action", flat=True))
    assert actions == ["account.vendor_changed", "account.vendor_changed", "vendor.added"]
    assert found() == {}


def test_accepting_what_somebody_else_grouped_meanwhile_writes_nothing():
    accounts = [partner("Pellegrin one"), partner("Pellegrin two")]
    Account.objects.filter(pk=accounts[1].pk).update(vendor=builders.vendor(name="Other"))
    with pytest.raises(RefusedError, match="quicker"):
        accept(accounts)
    with pytest.raises(RefusedError):
        accept([])
    assert set(Vendor.objects.values_list("name", flat=True)) == {"Other"}


def test_an_account_of_ours_is_not_attached_by_a_forged_list():
    accounts = [partner("Pellegrin one"), builders.account(relationship="managed")]
    with pytest.raises(RefusedError):
        accept(accounts)
    assert not Vendor.objects.exists()

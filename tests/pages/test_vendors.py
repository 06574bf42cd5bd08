"""Vendors on pages: the list, one company, and what people write there."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Identity, Vendor
from tests import builders
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db


def url(name, *arguments):
    return reverse(f"inventory:vendor_{name}", args=arguments)


def listed(client, query=""):
    text = text_of(client, url("export") + query)
    return {row["Vendor"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.fixture
def brightmail():
    vendor = builders.vendor(name="Brightmail", contract_ends_on=timezone.localdate() + timedelta(days=20))
    for number in ("702839415026", "702839415027"):
        account = builders.account(account_id=number, relationship="partner", vendor=vendor)
    builders.verification(account=account, valid_until=timezone.localdate())
    shared = builders.identity()
    builders.delegation(identity=shared, account_id="702839415026", trust="partner")
    builders.delegation(identity=shared, account_id="702839415027", trust="partner")
    builders.delegation(account_id="702839415027", trust="partner")
    builders.delegation(account_id="702839415027", trust="former", can_send=False)
    return vendor


def test_a_row_says_how_much_a_company_can_do_and_how_well_it_is_known(brightmail):
    builders.vendor(name="Empty")
    rows = listed(client_of("auditor"))
    row = rows["Brightmail"]
    assert (row["Accounts"], row["Verified"], row["Can send as"], row["Trust"]) == ("2", "1", "2", "partner")
    assert (rows["Empty"]["Accounts"], rows["Empty"]["Can send as"], rows["Empty"]["Trust"]) == ("0", "0", "")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?contract=30", {"Brightmail"}),
        ("?contract=over", {"Over"}),
        ("?contract=open", {"Open"}),
        ("?accounts=none", {"Over", "Open"}),
        ("?accounts=unverified", {"Brightmail"}),
        ("?sends=yes", {"Brightmail"}),
        ("?q=7028-3941", {"Brightmail"}),
        ("?q=ada@open", {"Open"}),
    ],
)
def test_vendors_are_narrowed(brightmail, query, names):
    builders.vendor(name="Over", contract_ends_on=timezone.localdate() - timedelta(days=1))
    unlimited = builders.vendor(name="Open", contract_ends_on=None)
    unlimited.contacts.create(name="Ada", email="ada@open.example")
    assert set(listed(client_of("viewer"), query)) == names


def test_an_owner_sees_the_vendors_of_their_own_identities(brightmail):
    team = builders.team()
    own = builders.identity(owner_team=team)
    client = client_for(builders.user("owner", teams=[team]))
    assert listed(client) == {}
    assert client.get(url("detail", brightmail.pk)).status_code == 404
    builders.delegation(identity=own, account_id="702839415026", trust="partner")
    assert listed(client)["Brightmail"]["Can send as"] == "1"
    text = text_of(client, url("detail", brightmail.pk))
    assert "Add a contact" not in text


def test_an_owner_does_not_learn_which_accounts_of_a_vendor_act_for_others(brightmail):
    team = builders.team()
    builders.delegation(identity=builders.identity(owner_team=team), account_id="702839415026", trust="partner")
    client = client_for(builders.user("owner", teams=[team]))
    text = text_of(client, url("detail", brightmail.pk))
    assert ("7028-3941-5026" in text, "7028-3941-5027" in text) == (True, False)
    row = listed(client)["Brightmail"]
    assert (row["Accounts"], row["Verified"]) == ("1", "0")
    assert (set(listed(client, "?q=5026")), set(listed(client, "?q=5027"))) == ({"Brightmail"}, set())


def test_a_vendor_without_accounts_says_what_to_do():
    vendor = builders.vendor(contract_ends_on=None)
    text = text_of(client_of("vendor_manager"), url("detail", vendor.pk))
    assert "No account of this vendor is known." in text
    assert "No end agreed" in text


def test_a_contract_that_is_over_while_its_accounts_send_is_the_first_thing_said(brightmail):
    Vendor.objects.update(contract_ends_on=timezone.localdate() - timedelta(days=2))
    text = text_of(client_of("viewer"), url("detail", brightmail.pk))
    assert "Contract over" in text
    assert "and its accounts can still send" in text


def test_adding_and_changing_answer_at_the_field():
    client = client_of("vendor_manager")
    answer = client.post(url("add"), {"name": "Brightmail", "contract_ends_on": "2027-03-31"})
    vendor = Vendor.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("detail", vendor.pk))
    assert client.post(url("add"), {"name": "brightmail"}).status_code == 422
    assert client.post(url("edit", vendor.pk), {"name": "Brightmail", "contract_ends_on": "soon"}).status_code == 422
    assert 'value="2027-03-31"' in text_of(client, url("edit", vendor.pk))
    assert client.post(url("edit", vendor.pk), {"name": "Brightmail"}).status_code == 302
    vendor.refresh_from_db()
    assert vendor.contract_ends_on is None


def test_a_page_that_was_overtaken_moves_no_contract_back():
    client, vendor = client_of("vendor_manager"), builders.vendor(name="Brightmail", contract_ends_on=date(2027, 3, 31))
    opened = client.get(url("edit", vendor.pk)).context["form"]["seen"].value()
    said = {"name": "Brightmail", "seen": opened}
    assert client.post(url("edit", vendor.pk), said | {"contract_ends_on": "2027-05-31"}).status_code == 302
    late = client.post(url("edit", vendor.pk), said | {"contract_ends_on": "2027-03-31", "note": "Late"})
    assert late.status_code == 409
    assert "Somebody changed this meanwhile." in late.content.decode()
    vendor.refresh_from_db()
    assert (vendor.contract_ends_on, vendor.note) == (date(2027, 5, 31), "")


def test_a_moved_end_has_the_identities_judged(brightmail):
    identity = builders.identity()
    statement = builders.allow({"AWS": "702839415026"}, identity.arn)
    builders.policy(identity=identity, text=builders.document(statement))
    said = {"name": "Brightmail", "contract_ends_on": "2026-01-01"}
    assert client_of("vendor_manager").post(url("edit", brightmail.pk), said).status_code == 302
    assert list(Identity.objects.to_judge()) == [identity]


def test_accounts_and_contacts_come_and_go(brightmail):
    client = client_of("vendor_manager")
    other = builders.account(account_id="702839415028", relationship="partner")
    assert client.post(url("attach", brightmail.pk), {"account_id": "7028-3941-5028"}).status_code == 302
    assert client.post(url("attach", brightmail.pk), {"account_id": "111111111111"}).status_code == 422
    other.refresh_from_db()
    assert other.vendor == brightmail
    assert client.post(url("detach", brightmail.pk, other.account_id)).status_code == 302
    assert client.post(url("detach", brightmail.pk, other.account_id)).status_code == 404
    assert client.post(url("contact_add", brightmail.pk), {"name": "Ada", "email": "ada@"}).status_code == 422
    assert client.post(url("contact_add", brightmail.pk), {"name": "Ada"}).status_code == 302
    contact = brightmail.contacts.get()
    stranger = builders.vendor()
    assert client.post(url("contact_remove", stranger.pk, contact.pk)).status_code == 404
    assert client.post(url("contact_remove", brightmail.pk, contact.pk)).status_code == 302
    assert not brightmail.contacts.exists()


def test_readers_write_nothing_and_owners_do_not_learn_of_it(brightmail):
    contact = brightmail.contacts.create(name="Ada")
    addresses = [
        url("add"),
        url("edit", brightmail.pk),
        url("contact_add", brightmail.pk),
        url("contact_remove", brightmail.pk, contact.pk),
        url("attach", brightmail.pk),
        url("detach", brightmail.pk, "702839415026"),
        url("suggestion_accept"),
    ]
    for role, status in (("viewer", 403), ("auditor", 403), ("owner", 404)):
        client = client_of(role)
        assert {client.post(each, {"name": "x"}).status_code for each in addresses} == {status}, role
    assert set(Vendor.objects.values_list("name", flat=True)) == {"Brightmail"}
    assert brightmail.accounts.count() == 2


def test_accounts_that_look_like_one_company_are_grouped_in_one_click():
    accounts = [builders.account(relationship="partner", name=f"Pellegrin {word}") for word in ("one", "two")]
    client = client_of("vendor_manager")
    text = text_of(client, url("suggestions"))
    ids = " ".join(each.account_id for each in accounts)
    assert f'value="{ids} "' in text
    assert client.post(url("suggestion_accept"), {"account_ids": ids, "name": "Pellegrin"}).status_code == 302
    assert Vendor.objects.get().accounts.count() == 2
    late = client.post(url("suggestion_accept"), {"account_ids": ids, "name": "Pellegrin"})
    assert late.status_code == 422
    assert "Somebody was quicker" in late.content.decode()
    assert "No registered account of a partner" in text_of(client, url("suggestions"))

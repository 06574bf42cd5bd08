"""Sending names: which domain people know an identity by, and what happens to identities when names come and go."""

import json

import pytest

from inventory.aws.identities import IdentityFacts
from inventory.models import AuditEvent, Identity, SendingName
from inventory.services.judging.reconciliation import Context, reconcile_identity
from inventory.services.judging.registry_view import RegistryView
from inventory.services.refusals import RefusedError
from inventory.services.registry.sending_names import (
    add_sending_name,
    change_sending_name,
    remove_sending_name,
    sending_name,
)
from tests import builders
from tests.builders import NOW


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("example.com", "example.com"),
        ("News.Mail.Example.com", "example.com"),
        ("billing@mail.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("mail.example.de", "example.de"),
        ("localhost", "localhost"),
    ],
)
def test_unconfirmed_it_is_the_domain_that_somebody_registered(identity, name):
    assert sending_name(identity) == name


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("shop.example.com", "shop.example.com"),
        ("a@news.Shop.example.com", "shop.example.com"),
        ("notshop.example.com", "example.com"),
        ("mail.example.com", "example.com"),
        ("shop.example.com.example.org", "example.org"),
        ("deep.pay.example.net", "pay.example.net"),
    ],
)
def test_the_longest_confirmed_name_wins(identity, name):
    assert sending_name(identity, {"example.com", "shop.example.com", "pay.example.net"}) == name


def add(domain, **fields):
    return add_sending_name(domain=domain, acting_user=None, at=NOW, **fields)


def grouped():
    return dict(Identity.objects.values_list("name", "sending_name"))


@pytest.fixture
def shop(db):
    names = ("shop.example.com", "A@mail.Shop.example.com", "workshop.example.com", "example.com")
    for each in names:
        builders.identity(name=each, sending_name="example.com")


def test_a_new_name_groups_what_lies_below_it_and_says_how_many(shop):
    add("Shop.Example.com.", note="The web shop")
    assert grouped() == {
        "shop.example.com": "shop.example.com",
        "A@mail.Shop.example.com": "shop.example.com",
        "workshop.example.com": "example.com",
        "example.com": "example.com",
    }
    event = AuditEvent.objects.get()
    assert (event.action, event.object_name) == ("sending_name.added", "shop.example.com")
    assert json.loads(event.data)["identities"] == 2


def test_a_shorter_name_leaves_the_longer_ones_identities_to_it(shop):
    add("shop.example.com")
    add("example.com")
    assert grouped()["A@mail.Shop.example.com"] == "shop.example.com"


def test_a_name_that_is_taken_back_gives_its_identities_to_the_next(shop):
    longer = add("mail.shop.example.com")
    add("shop.example.com")
    remove_sending_name(longer, acting_user=None, at=NOW)
    assert grouped()["A@mail.Shop.example.com"] == "shop.example.com"
    assert set(SendingName.objects.values_list("domain", flat=True)) == {"shop.example.com"}
    assert AuditEvent.objects.filter(action="sending_name.removed", object_name="mail.shop.example.com").exists()


def test_a_name_that_nobody_has_identities_for_is_kept(db):
    assert add("later.example.com").pk


def test_an_international_name_is_kept_as_aws_holds_it(db):
    builders.identity(name="xn--bcher-kva.example", sending_name="xn--bcher-kva.example")
    assert add("B\u00fccher.example").domain == "xn--bcher-kva.example"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    ["", "example", "a@example.com", "https://example.com", "exa mple.com", "-a.com", "a..com", "x" * 64 + ".com",
     "stra\u00dfe.example", "shop.example.com/x", ("a" * 60 + ".") * 5 + "com"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_and_nothing_is_written(said):
    with pytest.raises(RefusedError) as refusal:
        add(said)
    assert refusal.value.field == "domain"
    assert not SendingName.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_name_is_confirmed_once(db):
    add("shop.example.com")
    with pytest.raises(RefusedError, match="already"):
        add("SHOP.example.com")


def test_note_and_team_change_with_what_stood_before(db):
    name, team = add("shop.example.com", note="old"), builders.team(name="Shop")
    assert change_sending_name(name, note="new", owner_team=team, acting_user=None, at=NOW)
    assert not change_sending_name(name, note="new", owner_team=team, acting_user=None, at=NOW)
    event = AuditEvent.objects.get(action="sending_name.changed")
    assert json.loads(event.data)["before"] == {"note": "old", "owner_team": ""}
    assert SendingName.objects.get().owner_team == team


def test_collection_groups_by_the_names_that_are_confirmed_while_it_reads(db):
    scope = builders.scope()
    context = Context(run=builders.run(), scope=scope, view=RegistryView(NOW.date()))
    facts = IdentityFacts("mail.shop.example.com", "DOMAIN", policies={}, tags={})
    reconcile_identity(facts, context, at=NOW)
    assert grouped() == {"mail.shop.example.com": "example.com"}
    add("shop.example.com")
    reconcile_identity(facts, context, at=NOW)
    reconcile_identity(IdentityFacts("new.shop.example.com", "DOMAIN", policies={}, tags={}), context, at=NOW)
    assert set(grouped().values()) == {"shop.example.com"}

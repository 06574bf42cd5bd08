"""Registering a delegate: an account that policies name becomes one that we know, and is judged so at once."""

import pytest

from inventory.models import Account, AuditEvent, Identity, Vendor
from inventory.services.refusals import RefusedError
from inventory.services.registry.accounts import NewAccount
from inventory.services.registry.delegate_registration import register_delegate
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
STRANGER = "883017459262"


def register(**fields):
    said = {"relationship": "partner", "vendor": "Brightmail"} | fields
    return register_delegate(NewAccount(STRANGER, **said), acting_user=None, at=NOW)


def test_it_is_entered_with_its_company_and_what_names_it_is_to_be_judged():
    named, other = builders.identity(), builders.identity()
    text = builders.document(builders.allow({"AWS": STRANGER}, named.arn))
    builders.policy(identity=named, text=text)
    builders.policy(identity=other, text=builders.document(builders.allow({"AWS": "702839415026"}, other.arn)))
    assert register().vendor == Vendor.objects.get(name="Brightmail")
    assert list(Identity.objects.to_judge()) == [named]
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"vendor.added", "account.added"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"vendor": " "}, "vendor"),
        ({"relationship": "organization"}, "vendor"),
        ({"relationship": "managed"}, "relationship"),
        ({"relationship": ""}, "relationship"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_does_not_hold_is_said_at_the_field_and_writes_nothing(fields, field):
    with pytest.raises(RefusedError) as refusal:
        register(**fields)
    assert refusal.value.field == field
    assert not Account.objects.exists()
    assert not Vendor.objects.exists()


def test_it_is_registered_once():
    register()
    with pytest.raises(RefusedError, match="already in the registry"):
        register(vendor="Other")
    assert not Vendor.objects.filter(name="Other").exists()


def test_ours_and_former_ones_need_no_company():
    assert register(relationship="organization", vendor="").vendor is None
    Account.objects.all().delete()
    assert register(relationship="former", vendor="").trust(NOW.date()) == "former"

"""Reconciliation: versions, intervals, audit; the same again changes nothing."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory.aws.identities import IdentityFacts
from inventory.models import AuditEvent, Delegation, DelegationState, Identity, IdentityState, PolicyVersion
from inventory.services.judging.reconciliation import Context, reconcile_identity, remove_identity
from inventory.services.judging.reevaluation import reevaluate
from inventory.services.judging.registry_view import RegistryView
from inventory.services.registry.accounts import NewAccount, add_account
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
OWNER = "111122223333"
PARTNER = "702839415026"
LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)


def policy(*principals, **fields):
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "ses:SendEmail", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | fields]})


@pytest.fixture
def context():
    scope = builders.scope(account=builders.account(account_id=OWNER))
    return Context(run=builders.run(), scope=scope, view=RegistryView(NOW.date()))


def read(context, at=NOW, tags=None, **policies):
    facts = IdentityFacts("example.com", "DOMAIN", policies=policies, tags=tags or {})
    reconcile_identity(facts, context, at=at)
    return Identity.objects.get()


def intervals(queryset, *fields):
    return list(queryset.values_list(*fields, "from_at", "to_at"))


def test_the_same_again_changes_nothing_but_the_time_of_reading(context):
    read(context, p=policy(PARTNER))
    events = AuditEvent.objects.count()
    states = intervals(DelegationState.objects.order_by("pk"), "state_hash")

    identity = read(context, at=LATER, p=policy(PARTNER))

    assert identity.last_read_at == LATER
    assert AuditEvent.objects.count() == events
    assert intervals(DelegationState.objects.order_by("pk"), "state_hash") == states
    assert (PolicyVersion.objects.count(), IdentityState.objects.count()) == (1, 1)


def test_a_document_that_returns_is_a_new_version(context):
    first, second = policy(PARTNER), policy("*")
    for at, text in ((NOW, first), (LATER, second), (LAST, first)):
        read(context, at=at, p=text)
    assert intervals(PolicyVersion.objects.all(), "number", "text") == [
        (1, first, NOW, LATER),
        (2, second, LATER, LAST),
        (3, first, LAST, None),
    ]


def test_other_blanks_are_another_document_that_says_the_same(context):
    read(context, p=policy(PARTNER))
    read(context, at=LATER, p=policy(PARTNER) + "\n")
    one, two = PolicyVersion.objects.all()
    assert one.raw_hash != two.raw_hash
    assert one.canonical_hash == two.canonical_hash
    assert DelegationState.objects.count() == 1


def test_a_policy_that_went_and_came_back_keeps_its_history(context):
    read(context, p=policy(PARTNER))
    identity = read(context, at=LATER)
    assert identity.policies.get().gone_at == LATER
    assert not identity.delegations.live().exists()
    assert identity.delegate_count == 0

    read(context, at=LAST, p=policy(PARTNER))

    assert identity.policies.get().gone_at is None
    assert intervals(DelegationState.objects.all(), "reach") == [("account", NOW, LATER), ("account", LAST, None)]


def test_each_principal_of_a_policy_is_a_delegation_of_its_own(context):
    other = "arn:aws:iam::864209753104:role/mailer"
    read(context, p=policy(PARTNER, other), q=policy(PARTNER))
    found = Delegation.objects.order_by("policy_name", "principal")
    assert list(found.values_list("policy_name", "principal", "account_id", "reach")) == [
        ("p", PARTNER, PARTNER, "account"),
        ("p", other, "864209753104", "principal"),
        ("q", PARTNER, PARTNER, "account"),
    ]
    identity = Identity.objects.get()
    assert (identity.widest_trust, identity.widest_reach, identity.delegate_count) == ("unknown", "account", 2)


def test_another_principal_beside_it_leaves_a_delegation_as_it_is(context):
    read(context, p=policy(PARTNER))
    read(context, at=LATER, p=policy(PARTNER, "864209753104"))
    assert Delegation.objects.get(principal=PARTNER).states.count() == 1


def test_a_policy_that_cannot_be_read_may_admit_anybody(context):
    read(context, p=policy(PARTNER))
    identity = read(context, at=LATER, p="{no json")
    live = identity.delegations.live().get()
    assert (live.principal, live.reach, live.trust, live.can_send) == ("*", "undetermined", "unknown", True)
    assert identity.reach_rank == 0


def test_a_public_policy_is_shown_before_an_unreadable_one(context):
    assert read(context, p="{no json", q=policy("*")).widest_reach == "public"


def test_the_owners_own_accounts_are_no_delegates(context):
    identity = read(context, p=policy(OWNER))
    assert (identity.delegate_count, identity.widest_reach, identity.trust_rank) == (0, "self", 99)


def test_owner_and_environment_are_kept_as_intervals(context):
    shop = builders.team(name="Shop")
    mail = builders.team(name="Mail")
    context = replace(context, view=RegistryView(NOW.date()))
    read(context, tags={"team": "shop"})
    read(context, at=LATER, tags={"Team": "mail"})
    assert intervals(IdentityState.objects.all(), "owner_team") == [(shop.pk, NOW, LATER), (mail.pk, LATER, None)]


def test_an_identity_that_returns_is_the_same_one(context):
    identity = read(context, p=policy(PARTNER))
    remove_identity("example.com", context, at=LATER)
    identity.refresh_from_db()
    assert (identity.gone_at, identity.delegate_count) == (LATER, 0)

    assert read(context, at=LAST, p=policy(PARTNER)).pk == identity.pk

    assert Identity.objects.live().get().delegate_count == 1
    assert intervals(IdentityState.objects.all(), "environment") == [
        ("production", NOW, LATER),
        ("production", LAST, None),
    ]


def test_each_change_leaves_one_audit_row(context):
    read(context, p=policy(PARTNER))
    read(context, at=LATER, p=policy("*"))
    remove_identity("example.com", context, at=LAST)
    events = AuditEvent.objects.filter(object_type="identity").exclude(action="findings.changed").order_by("pk")
    assert [event.action for event in events] == ["identity.found", "identity.changed", "identity.gone"]
    assert json.loads(events[1].data)["policies"] == {"added": [], "changed": ["p"], "gone": []}
    assert json.loads(events[1].data)["delegations"]["closed"] == [f"p: {PARTNER}"]


def test_a_change_of_the_registry_judges_stored_facts_again(context):
    read(context, p=policy(PARTNER))
    assert Identity.objects.get().widest_trust == "unknown"

    builders.account(account_id=PARTNER, relationship="partner")
    counts = reevaluate(accounts=[PARTNER], at=LATER)

    assert Identity.objects.get().widest_trust == "partner"
    assert counts.resolved > 0
    assert intervals(DelegationState.objects.all(), "trust") == [("unknown", NOW, LATER), ("partner", LATER, None)]
    assert PolicyVersion.objects.count() == 1


def test_a_re_evaluation_leaves_other_identities_alone(context):
    read(context, p=policy("864209753104"))
    before = AuditEvent.objects.count()
    builders.account(account_id="864209753104", relationship="partner")
    reevaluate(accounts=[PARTNER], at=LATER)
    assert Identity.objects.get().widest_trust == "unknown"
    assert AuditEvent.objects.count() == before


def test_a_contract_that_ends_is_seen_without_asking_aws(context):
    vendor = builders.vendor(contract_ends_on=NOW.date())
    builders.account(account_id=PARTNER, relationship="partner", vendor=vendor)
    read(context, p=policy(PARTNER))
    assert Identity.objects.get().widest_trust == "partner"
    reevaluate(at=LATER)
    assert Identity.objects.get().widest_trust == "former"


def test_the_registry_is_read_anew_when_it_changed_during_a_slice(context):
    read(context, p=policy(PARTNER))
    add_account(NewAccount(PARTNER, relationship="partner"), acting_user=None, at=LATER)
    assert read(context, at=LATER, p=policy(PARTNER)).widest_trust == "partner"

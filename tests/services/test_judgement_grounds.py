"""Grounds of a judgement: what was judged is judged again exactly when something that it followed from has changed."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.aws.identities import IdentityFacts
from inventory.models import Account, Delegation, Finding, Identity, Team
from inventory.policy.analysis import analyse
from inventory.services.findings.findings import mark_stale
from inventory.services.judging import judgement, judgement_grounds
from inventory.services.judging.judgement_grounds import may_tell_time
from inventory.services.judging.reconciliation import Context, reconcile_identity, remove_identity, see_unchanged
from inventory.services.judging.registry_view import RegistryView
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
OWNER, PARTNER = "111122223333", "702839415026"
LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)


def policy(principal=PARTNER, **fields):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "ses:SendEmail", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | fields]})


@pytest.fixture
def scope():
    return builders.scope(account=builders.account(account_id=OWNER, environment="staging"))


@pytest.fixture
def judged(monkeypatch):
    """The names of identities that the engine was asked about."""
    asked = []

    def noted(**given):
        asked.append(given["identity_arn"].rpartition("/")[2])
        return analyse(**given)

    monkeypatch.setattr(judgement, "analyse", noted)
    return asked


def read(scope, at, *, name="example.com", tags=None, **policies):
    """One look, in a stretch of work of its own, as the run of another day."""
    context = Context(run=builders.run(), scope=scope, view=RegistryView(at.date()))
    reconcile_identity(IdentityFacts(name, "DOMAIN", policies=policies, tags=tags or {}), context, at=at)
    return Identity.objects.get(scope=scope, name=name)


def look_together(scope, at, *found):
    """One look at identities whose answers came together; returns the names of those in which nothing changed."""
    context = Context(run=builders.run(), scope=scope, view=RegistryView(at.date()))
    context.view.knowledge(context.view.account(scope.account_id))
    with CaptureQueriesContext(connection) as queries:
        names = see_unchanged(found, context, at=at)
    assert len(queries) == 4
    return names


def test_unchanged_identities_are_not_judged_again_and_take_four_statements_together(scope, judged):
    names = ["a.example.com", "b.example.com", "c.example.com"]
    for name in names:
        read(scope, NOW, name=name, p=policy())
    found = [IdentityFacts(name, "DOMAIN", policies={"p": policy()}) for name in names]
    assert look_together(scope, LATER, *found) == names
    assert judged == names
    assert set(Identity.objects.values_list("last_read_at", flat=True)) == {LATER}
    assert set(Finding.objects.values_list("last_seen_at", flat=True)) == {LATER}


def test_what_is_new_or_changed_or_was_read_later_is_left_to_a_look_of_its_own(scope):
    for name in ("same.example.com", "policy.example.com", "tags.example.com"):
        read(scope, NOW, name=name, p=policy())
    read(scope, LAST, name="later.example.com", p=policy())
    found = [
        IdentityFacts("new.example.com", "DOMAIN"),
        IdentityFacts("policy.example.com", "DOMAIN", policies={"p": policy("*")}),
        IdentityFacts("tags.example.com", "DOMAIN", policies={"p": policy()}, tags={"team": "x"}),
        IdentityFacts("later.example.com", "DOMAIN", policies={"p": policy()}),
        IdentityFacts("same.example.com", "DOMAIN", policies={"p": policy()}),
    ]
    assert look_together(scope, LATER, *found) == ["same.example.com"]
    assert Identity.objects.get(name="tags.example.com").tags == {}
    assert Identity.objects.get(name="later.example.com").last_read_at == LAST


def test_what_was_stale_is_present_after_an_unchanged_look_and_what_was_absent_stays_so(scope):
    read(scope, NOW, p=policy("*"))
    read(scope, NOW + timedelta(hours=1), p=policy())
    before = dict(Finding.objects.values_list("rule_id", "presence"))
    assert set(before.values()) == {"present", "absent"}
    mark_stale(Identity.objects.all())

    read(scope, LATER, p=policy())

    assert dict(Finding.objects.values_list("rule_id", "presence")) == before


def test_other_facts_are_stored_without_a_judgement(scope, judged):
    read(scope, NOW, p=policy())
    identity = read(scope, LATER, p=policy(), tags={"project": "x"})
    assert identity.tags == {"project": "x"}
    assert len(judged) == 1
    assert set(Finding.objects.values_list("last_seen_at", flat=True)) == {LATER}


def test_a_date_that_has_passed_is_seen_although_nothing_was_changed(scope):
    until = policy(Condition={"DateLessThan": {"aws:CurrentTime": LATER.isoformat()}})
    assert read(scope, NOW, p=until).delegate_count == 1
    assert read(scope, LAST, p=until).delegate_count == 0
    assert set(Delegation.objects.live().values_list("reach", flat=True)) == {"inert"}


def test_a_contract_that_ended_is_seen_although_nothing_was_changed(scope):
    builders.account(account_id=PARTNER, relationship="partner", ends_on=LATER.date())
    assert read(scope, NOW, p=policy()).widest_trust == "partner"
    assert read(scope, LATER, p=policy()).widest_trust == "partner"
    assert read(scope, LAST, p=policy()).widest_trust == "former"


@pytest.mark.parametrize(
    "change",
    [
        lambda: Account.objects.filter(account_id=PARTNER).update(relationship="former"),
        lambda: Account.objects.filter(account_id=PARTNER).update(name="Brightmail"),
        lambda: Account.objects.filter(account_id=OWNER).update(environment="production"),
        lambda: Team.objects.update(name="Other"),
        lambda: builders.account(account_id="812345678906"),
    ],
    ids=["trust", "name of a delegate", "environment", "name of a team", "new account"],
)
def test_a_change_of_the_registry_is_judged(scope, judged, change):
    builders.team(name="Mail")
    builders.account(account_id=PARTNER, relationship="partner")
    read(scope, NOW, p=policy())
    change()
    read(scope, LATER, p=policy())
    assert len(judged) == 2


def test_a_change_of_the_registry_does_not_touch_an_identity_without_policies(scope, judged):
    read(scope, NOW)
    builders.account(account_id=PARTNER, relationship="partner", vendor=builders.vendor())
    assert look_together(scope, LATER, IdentityFacts("example.com", "DOMAIN")) == ["example.com"]
    assert judged == ["example.com"]


def test_a_new_engine_judges_again(scope, judged, monkeypatch):
    read(scope, NOW, p=policy())
    monkeypatch.setattr(judgement_grounds, "ENGINE_VERSION", "next")
    read(scope, LATER, p=policy())
    assert len(judged) == 2


def test_an_identity_that_returns_is_judged_again(scope, judged):
    read(scope, NOW, p=policy())
    context = Context(run=builders.run(), scope=scope, view=RegistryView(LATER.date()))
    remove_identity("example.com", context, at=LATER)
    assert read(scope, LAST, p=policy()).delegate_count == 1
    assert len(judged) == 2
    assert Finding.objects.open().exists()


def test_a_copy_that_changes_is_compared_with_one_that_does_not(scope):
    other = builders.scope(account=scope.account, region="us-east-1")
    for place in (scope, other):
        read(place, NOW, p=policy())
    read(other, LATER, p=policy("*"))
    read(scope, LATER, p=policy())
    drifting = Finding.objects.open().filter(rule_id="region-drift")
    assert set(drifting.values_list("identity__scope__region", flat=True)) == {"eu-west-1", "us-east-1"}

    read(other, LAST, p=policy())
    read(scope, LAST, p=policy())
    assert not drifting.exists()


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (policy(), False),
        (policy(Action="ses:UpdateEmailIdentityPolicy"), False),
        (policy(Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01"}}), True),
        (policy(Condition={"NumericLessThan": {"AWS:EPOCHTIME": "1893456000"}}), True),
        (policy(Condition={"StringLike": {"aws:PrincipalTag/a": "${aws:CurrentTime}"}}), True),
        (policy().replace("Principal", "\\u0050rincipal"), True),
        (policy(Sid="caf\u00e9").encode().decode("unicode_escape"), True),
    ],
)
def test_policies_that_may_tell_the_time_are_known(text, may):
    assert may_tell_time(text) is may

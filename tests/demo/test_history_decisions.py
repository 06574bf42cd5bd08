"""What the people of the demo decide in its history, on the facts that their decisions are about."""

from datetime import timedelta

import pytest
from django.urls import reverse

from inventory.models import (
    Account,
    AccountVerification,
    AuditEvent,
    Deputy,
    Finding,
    FindingComment,
    Identity,
    OwnerAssignment,
    OwnerRule,
    RiskAcceptance,
    SavedView,
    Scope,
    SendingName,
)
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_cases import CASES
from sesgov.demo.history import decisions
from sesgov.demo.history.acts import ACTS
from sesgov.demo.seed import seed
from tests import builders
from tests.builders import NOW, PASSWORD

pytestmark = pytest.mark.django_db
SUBJECTS = (decisions.OFFERS, decisions.REMINDERS, decisions.GATE, decisions.CHECKOUT)


def case_of(subject):
    return next(case for case in CASES if case.name == subject.name and subject.rule_id in case.rules)


@pytest.fixture
def estate():
    """The registry of the demo, the findings that are decided on, and two identities that nobody owns."""
    seed(password=PASSWORD, at=NOW)
    for subject in SUBJECTS:
        account = Account.objects.get(account_id=case_of(subject).account.id)
        scope, _ = Scope.objects.get_or_create(account=account, region=case_of(subject).region)
        identity = builders.identity(name=subject.name, scope=scope, owner_team=account.owner_team)
        builders.finding(rule_id=subject.rule_id, identity=identity, severity="high")
    unowned = builders.scope(account=Account.objects.get(account_id=known.DATA_STAGING.id))
    for name in ("a.saltmarsh.example", "b.saltmarsh.example"):
        builders.identity(name=name, scope=unowned, owner_team=None)


def act_all():
    for day, act in ACTS:
        act(NOW - timedelta(days=day))


def test_each_finding_that_is_decided_on_is_one_of_the_cases():
    assert [case_of(subject).name for subject in SUBJECTS] == [subject.name for subject in SUBJECTS]


def test_names_vendors_and_owners_are_settled(estate):
    act_all()
    assert set(SendingName.objects.values_list("domain", flat=True)) == set(decisions.NAMES)
    assert AccountVerification.objects.count() == len(decisions.VERIFIED)
    assert OwnerRule.objects.live().get().value == "reports.harbourlight.example"
    states = OwnerAssignment.objects.order_by("pk").values_list("state", "identity__name")
    assert list(states) == [("active", "a.saltmarsh.example"), ("pending", "b.saltmarsh.example")]
    assert Identity.objects.filter(name="a.saltmarsh.example", owner_team__name="Data").exists()
    assert Deputy.objects.get().deputy.email == "owner@example.com"


def test_one_acceptance_holds_and_one_waits(estate):
    act_all()
    held, waiting = RiskAcceptance.objects.order_by("requested_at")
    assert (held.decision, held.finding.rule_id) == ("approved", decisions.GATE.rule_id)
    assert held.finding.is_accepted(NOW.date())
    assert (waiting.decision, waiting.finding.rule_id) == ("pending", decisions.CHECKOUT.rule_id)
    assert waiting.until > NOW.date()


def test_findings_are_triaged_and_talked_about(estate):
    act_all()
    standing = {
        finding.rule_id: (finding.disposition, str(finding.assignee or "")) for finding in Finding.objects.all()
    }
    assert standing["public-send"] == ("in_remediation", "Lena Fischer")
    assert standing["unknown-account-send"] == ("triaged", "Ida Sorensen")
    assert FindingComment.objects.count() == 3


def test_a_view_is_shared_that_its_page_understands(estate, client):
    act_all()
    view = SavedView.objects.get(is_shared=True)
    client.force_login(view.user)
    assert client.get(f"{reverse(view.page)}?{view.query}").status_code == 200


def test_every_decision_has_its_instant_in_the_history(estate):
    before = AuditEvent.objects.count()
    act_all()
    made = AuditEvent.objects.order_by("pk")[before:]
    assert made
    assert max(event.at for event in made) < NOW - timedelta(days=1)
    assert [event.at for event in made] == sorted(event.at for event in made)

"""Reviewers who leave: what waited for them goes on, and nobody is lost."""

from datetime import timedelta

import pytest

from approvals.models import Reassignment
from approvals.rules.campaigns import CampaignState, ItemDecision
from approvals.services.campaigns.running import run_due
from inventory.models import AuditEvent, Notice, Role
from inventory.services.people.people import deactivate_person
from tests import builders
from tests.builders import NOW
from tests.campaigns import cases

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def _leaves(user):
    deactivate_person(user=user, acting_user=builders.user(Role.ADMIN), at=NOW)


def _owned(**given):
    team = builders.team(**given)
    owner = builders.user(Role.OWNER, teams=[team])
    return team, owner, cases.seen_path(identity=builders.identity(owner_team=team))


def test_what_waits_for_somebody_who_left_goes_to_the_fallback_with_its_chain():
    team, owner, _ = _owned(name="Shop")
    fallback = builders.team(name="Platform")
    colleague = builders.user(Role.OWNER, teams=[fallback])
    campaign = cases.active(cases.security(), fallback_team=fallback)
    run_due(at=LATER)
    assert not Reassignment.objects.exists()
    _leaves(owner)
    run_due(at=LATER)
    item = campaign.items.get()
    step = Reassignment.objects.get()
    assert (item.reviewer_team, step.from_team, step.to_team, step.by) == (fallback, team, fallback, None)
    assert item.reviewer_reason == step.reason == "Nobody of Shop can answer any more: Platform reviews it."
    assert AuditEvent.objects.filter(action="review_item.rerouted", object_id=str(item.pk)).count() == 1
    cases.decide(item, ItemDecision.CERTIFY, colleague, at=LATER)
    assert campaign.items.get().decided_by == colleague


def test_without_a_fallback_that_can_answer_security_reviews_it_and_is_not_rerouted_again():
    _, owner, _ = _owned()
    by = cases.security()
    campaign = cases.active(by, fallback_team=builders.team(name="Empty"))
    _leaves(owner)
    for _ in range(2):
        run_due(at=LATER)
    item = campaign.items.get()
    assert (item.reviewer_team, item.reviewer_user) == (None, None)
    assert Reassignment.objects.count() == 1
    run_due(at=NOW + timedelta(days=7))
    assert Notice.objects.filter(person=by, key=f"campaign-{campaign.pk}-week-1").exists()


def test_somebody_who_left_between_freezing_and_beginning_is_not_asked():
    _, owner, _ = _owned()
    campaign = cases.staged(cases.security(), starts_on=cases.days(1))
    assert campaign.items.get().reviewer_team is not None
    _leaves(owner)
    run_due(at=NOW + timedelta(days=1))
    assert campaign.items.get().reviewer_team is None
    assert not Notice.objects.filter(person=owner).exists()


def test_an_owner_without_a_person_is_not_asked_at_all():
    team = builders.team(name="Nobody left")
    cases.seen_path(identity=builders.identity(owner_team=team))
    item = cases.staged(cases.security()).items.get()
    assert item.reviewer_team is None
    assert item.reviewer_reason == "the identity has no owner who can be asked: security reviews it"


def test_what_was_decided_stays_with_who_decided_it():
    team, owner, _ = _owned()
    campaign = cases.active(cases.security())
    cases.decide(campaign.items.get(), ItemDecision.CERTIFY, owner)
    _leaves(owner)
    run_due(at=LATER)
    assert campaign.items.get().reviewer_team == team
    assert not Reassignment.objects.exists()


def test_a_team_with_the_longest_name_is_frozen_and_handed_on():
    _, owner, _ = _owned(name="A")
    fallback = builders.team(name="T" * 200)
    builders.user(Role.OWNER, teams=[fallback])
    campaign = cases.active(cases.security(), fallback_team=fallback)
    _leaves(owner)
    run_due(at=LATER)
    item = campaign.items.get()
    assert item.reviewer_team == fallback
    assert len(item.reviewer_reason) <= 200


def test_an_owner_with_a_long_name_does_not_break_the_freezing():
    fallback = builders.team(name="T" * 200)
    builders.user(Role.OWNER, teams=[fallback])
    cases.seen_path(identity=builders.identity())
    campaign = cases.staged(cases.security(), fallback_team=fallback)
    assert campaign.state == CampaignState.STAGED
    assert campaign.items.get().reviewer_reason.startswith("the identity has no owner who can be asked: TTT")

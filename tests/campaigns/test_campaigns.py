"""Campaigns: frozen or not begun, decided by whom it concerns, missed on the day, done when a reading shows it."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from approvals.models import Campaign, ReviewDecision, ReviewItem
from approvals.rules.campaigns import CampaignState, Change, ItemDecision
from approvals.services.campaigns.campaigns import cancel_campaign, create_campaign
from approvals.services.campaigns.reviewing import certify_many, decide_item, hand_on
from approvals.services.campaigns.running import activate, close_incomplete, run_due, sign
from approvals.services.campaigns.staging import stage
from approvals.services.campaigns.verification import close_verified, verify_due
from inventory.models import AuditEvent, Notice, Role
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.builders import NOW
from tests.campaigns import cases

pytestmark = pytest.mark.django_db
CERTIFY, REVOKE, MODIFY = ItemDecision.CERTIFY, ItemDecision.REVOKE, ItemDecision.MODIFY
ATTESTATION = "I have looked at the decisions and they are complete."


def _owned():
    team = builders.team()
    owner, colleague = (builders.user(Role.OWNER, teams=[team]) for _ in range(2))
    return team, owner, colleague


def test_staging_freezes_every_live_path_with_its_evidence():
    team, *_ = _owned()
    shop = builders.identity(name="shop.example.com", owner_team=team)
    cases.seen_path(identity=shop, principal="444455556666")
    cases.seen_path(identity=builders.identity(name="aaa.example.com", scope=shop.scope), principal="*", reach="public")
    builders.delegation(identity=shop, principal="111122223333", is_live=False)
    campaign = cases.staged(cases.security())
    first, second = campaign.items.all()
    assert campaign.item_count == 2
    assert [first.identity.name, second.identity.name] == ["aaa.example.com", "shop.example.com"]
    assert (first.is_wildcard, first.change, first.reviewer_team) == (True, Change.NEW, None)
    assert second.reviewer_team == team
    assert json.loads(second.evidence)["principal"] == "444455556666"


def test_the_hash_of_a_population_follows_from_its_items_alone():
    cases.seen_path()
    by = cases.security()
    campaign = cases.staged(by)
    again = stage(campaign.pk, acting_user=by, at=NOW + timedelta(minutes=1))
    assert again.population_hash == campaign.population_hash
    cases.seen_path(identity=ReviewItem.objects.get().identity, principal="999900001111")
    assert stage(campaign.pk, acting_user=by, at=NOW).population_hash != campaign.population_hash


def test_what_could_not_be_read_stops_the_staging_until_somebody_says_why_not():
    row = cases.seen_path()
    place = row.identity.scope
    place.last_outcome, place.last_error_code = "denied", "AccessDenied"
    place.save()
    by = cases.security()
    campaign = create_campaign(cases.asked(), acting_user=by, at=NOW)
    with pytest.raises(RefusedError) as refused:
        stage(campaign.pk, acting_user=by, at=NOW)
    assert refused.value.field == "override_reason"
    assert "denied (AccessDenied)" in refused.value.message
    assert not ReviewItem.objects.exists()
    done = stage(campaign.pk, acting_user=by, at=NOW, override_reason="The account is being closed this week.")
    assert done.overridden_by == by
    assert "1 of 1 account regions" in done.shortfall


def test_data_of_yesterday_is_too_old_to_stage_on():
    row = cases.seen_path()
    row.identity.scope.last_complete_at = NOW - timedelta(hours=25)
    row.identity.scope.save()
    by = cases.security()
    with pytest.raises(RefusedError, match="within 24 hours"):
        cases.staged(by)


def test_a_campaign_without_an_item_is_not_staged():
    builders.scope(last_outcome="complete", last_complete_at=NOW)
    with pytest.raises(RefusedError, match="nothing to review"):
        cases.staged(cases.security())
    assert Campaign.objects.get().state == CampaignState.DRAFT


def test_only_security_runs_campaigns():
    for role in (Role.ADMIN, Role.AUDITOR, Role.OWNER, Role.VENDOR_MANAGER, Role.VIEWER):
        with pytest.raises(PermissionDenied):
            create_campaign(cases.asked(), acting_user=builders.user(role), at=NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"due_on": cases.days(-1)}, "due_on"),
        ({"period_to": date(2026, 6, 30)}, "period_to"),
        ({"remediate_by_on": cases.days(20)}, "remediate_by_on"),
        ({"scope": {"colour": ["red"]}}, "scope"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_at_its_field(given, field):
    with pytest.raises(RefusedError) as refused:
        create_campaign(cases.asked(**given), acting_user=cases.security(), at=NOW)
    assert refused.value.field == field


def test_an_item_is_decided_by_its_owner_and_a_second_thought_is_a_second_row():
    team, owner, colleague = _owned()
    cases.seen_path(identity=builders.identity(owner_team=team))
    cases.seen_path(identity=builders.identity(name="other.example.com", owner_team=team))
    campaign = cases.active(cases.security())
    item = campaign.items.get(position=1)
    cases.decide(item, CERTIFY, owner)
    cases.decide(ReviewItem.objects.get(pk=item.pk), REVOKE, colleague)
    item.refresh_from_db()
    assert (item.decision, item.decided_by) == (REVOKE, colleague)
    assert [each.decision for each in item.decisions.all()] == [CERTIFY, REVOKE]
    assert AuditEvent.objects.filter(action="review_item.decided").count() == 2


def test_a_stale_page_decides_nothing():
    team, owner, colleague = _owned()
    cases.seen_path(identity=builders.identity(owner_team=team))
    cases.seen_path(identity=builders.identity(name="other.example.com", owner_team=team))
    item = cases.active(cases.security()).items.get(position=1)
    seen = cases.said(item, REVOKE)
    cases.decide(item, CERTIFY, owner)
    with pytest.raises(ConflictError, match="since you opened it"):
        decide_item(item.pk, seen, acting_user=colleague, at=NOW)


def test_nobody_reviews_their_own_access():
    team, owner, _ = _owned()
    cases.seen_path(identity=builders.identity(owner_team=team))
    item = cases.active(cases.security()).items.get()
    stranger = builders.user(Role.OWNER)
    with pytest.raises(RefusedError, match="reviews this"):
        cases.decide(item, CERTIFY, stranger)
    with pytest.raises(RefusedError, match="reviews this"):
        cases.decide(item, CERTIFY, cases.security())
    owner.is_active = False
    owner.save()
    with pytest.raises(RefusedError, match="has left"):
        cases.decide(item, CERTIFY, owner)


@pytest.mark.parametrize("decision", [CERTIFY, REVOKE, MODIFY])
def test_open_access_is_never_decided_on_without_a_reason(decision):
    cases.seen_path(principal="*", reach="public", trust="unknown")
    by = cases.security()
    item = cases.active(by).items.get()
    with pytest.raises(RefusedError) as refused:
        cases.decide(item, decision, by, note=" ok ")
    assert refused.value.field == "note"
    assert cases.decide(item, decision, by).decision == decision


def test_new_access_is_not_certified_in_bulk():
    by = cases.security()
    cases.seen_path(trust="partner", reach="principal")
    item = cases.active(by).items.get()
    with pytest.raises(RefusedError, match="look at it by itself"):
        certify_many([item.pk], signed_in_by="password", acting_user=by, at=NOW)
    assert not ReviewDecision.objects.exists()


def test_handing_on_keeps_its_chain_and_reaches_only_who_may_answer():
    team, owner, _ = _owned()
    cases.seen_path(identity=builders.identity(owner_team=team))
    by, other = cases.security(), builders.user(Role.OWNER)
    item = cases.active(by).items.get()
    hand_on([item.pk], to=other, reason="They run the newsletter now.", acting_user=owner, at=NOW)
    with pytest.raises(PermissionDenied):
        hand_on([item.pk], to=team, reason="They run the newsletter now.", acting_user=owner, at=NOW)
    hand_on([item.pk], to=by, reason="Nobody there answers any more.", acting_user=by, at=NOW)
    assert [(each.from_team, each.to_user) for each in item.reassignments.all()] == [(team, other), (None, by)]
    other.is_active = False
    other.save()
    with pytest.raises(RefusedError, match="no longer active"):
        hand_on([item.pk], to=other, reason="They run the newsletter now.", acting_user=by, at=NOW)


def test_what_nobody_decided_by_the_day_is_not_reviewed_and_is_taken_out_after_notice():
    cases.seen_path()
    by = cases.security()
    campaign = cases.active(by)
    run_due(at=NOW + timedelta(days=21))
    assert Campaign.objects.get().state == CampaignState.ACTIVE
    run_due(at=NOW + timedelta(days=22))
    run_due(at=NOW + timedelta(days=23))
    item = campaign.items.get()
    assert Campaign.objects.get().state == CampaignState.DECIDED
    assert item.decision == ItemDecision.NOT_REVIEWED
    assert item.task is not None
    assert item.task.due_on == cases.days(22 + 14)
    with pytest.raises(ConflictError, match="counts as not reviewed"):
        cases.decide(item, CERTIFY, by)


def test_each_reviewer_is_reminded_once_a_step():
    team, owner, _ = _owned()
    cases.seen_path(identity=builders.identity(owner_team=team))
    cases.active(cases.security(), due_on=cases.days(22))
    for number in (0, 0, 7, 18, 18, 21, 22):
        run_due(at=NOW + timedelta(days=number))
    keys = list(Notice.objects.filter(person=owner, kind="review").order_by("pk").values_list("key", flat=True))
    assert [key.split("-", 2)[2] for key in keys] == ["start", "week-1", "T-3", "T-1", "due"]


def test_a_removal_is_done_when_a_later_reading_shows_it_and_not_before():
    row = cases.seen_path()
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    assert Campaign.objects.get().state == CampaignState.REMEDIATING
    row.is_live = False
    row.save()
    assert verify_due(at=NOW + timedelta(hours=1)) == 0
    close_verified(at=NOW + timedelta(hours=1))
    assert Campaign.objects.get().state == CampaignState.REMEDIATING
    row.identity.last_read_at = NOW + timedelta(hours=2)
    row.identity.save()
    assert verify_due(at=NOW + timedelta(hours=3)) == 1
    assert verify_due(at=NOW + timedelta(hours=4)) == 0
    close_verified(at=NOW + timedelta(hours=4))
    assert Campaign.objects.get().state == CampaignState.CLOSED
    assert campaign.items.get().verified_at == NOW + timedelta(hours=3)


def test_an_identity_that_is_deleted_meanwhile_takes_its_paths_with_it():
    row = cases.seen_path()
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    row.identity.gone_at = NOW + timedelta(hours=2)
    row.identity.save()
    assert verify_due(at=NOW + timedelta(hours=3)) == 1


def test_what_cannot_be_understood_shows_no_removal():
    row = cases.seen_path()
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    row.is_live = False
    row.save()
    builders.delegation(identity=row.identity, principal="*", reach="undetermined")
    row.identity.last_read_at = NOW + timedelta(hours=2)
    row.identity.save()
    assert verify_due(at=NOW + timedelta(hours=3)) == 0


@pytest.mark.parametrize(
    ("given", "is_done"),
    [
        ({"principal": "*", "reach": "public"}, False),
        ({"principal": "444455556666", "account_id": "444455556666", "reach": "account"}, False),
        ({"principal": "arn:aws:iam::444455556666:role/b", "account_id": "444455556666", "reach": "principal"}, True),
        ({"principal": "222233334444", "account_id": "222233334444", "reach": "account"}, True),
    ],
)
def test_who_gets_in_by_a_wider_way_since_then_is_not_out(given, is_done):
    party = "arn:aws:iam::444455556666:role/a"
    row = cases.seen_path(principal=party, account_id="444455556666", reach="principal")
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    row.is_live = False
    row.save()
    other = builders.delegation(identity=row.identity, **given)
    other.states.update(from_at=NOW + timedelta(hours=1))
    row.identity.last_read_at = NOW + timedelta(hours=2)
    row.identity.save()
    assert verify_due(at=NOW + timedelta(hours=3)) == int(is_done)


def test_who_decided_everything_does_not_sign_it():
    cases.seen_path(trust="partner", reach="principal")
    by = cases.security()
    campaign = cases.active(by)
    with pytest.raises(ConflictError):
        sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=cases.security(), at=NOW)
    cases.decide(campaign.items.get(), CERTIFY, by)
    with pytest.raises(RefusedError, match="somebody else of security"):
        sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=by, at=NOW)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=cases.security(), at=NOW)
    assert Campaign.objects.get().state == CampaignState.CLOSED


def test_a_campaign_is_closed_with_what_is_left_only_after_its_day_and_with_a_reason():
    cases.seen_path()
    by, signer = cases.security(), cases.security()
    campaign = cases.active(by)
    cases.decide(campaign.items.get(), REVOKE, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    with pytest.raises(RefusedError, match="has until"):
        close_incomplete(campaign.pk, reason="The account cannot be reached.", acting_user=by, at=NOW)
    late = NOW + timedelta(days=46)
    with pytest.raises(RefusedError, match="Say why"):
        close_incomplete(campaign.pk, reason="", acting_user=by, at=late)
    close_incomplete(campaign.pk, reason="The account cannot be reached.", acting_user=by, at=late)
    assert Campaign.objects.get().state == CampaignState.CLOSED_INCOMPLETE


def test_the_next_campaign_knows_what_was_said_and_what_changed():
    by, signer = cases.security(), cases.security()
    same = cases.seen_path(trust="partner", reach="principal", principal="444455556666")
    changed = cases.seen_path(identity=same.identity, trust="partner", reach="principal", principal="222233334444")
    gone = cases.seen_path(identity=same.identity, trust="partner", reach="principal", principal="333344445555")
    campaign = cases.active(by)
    for item in campaign.items.all():
        cases.decide(item, CERTIFY, by)
    sign(campaign.pk, attestation=ATTESTATION, signed_in_by="password", acting_user=signer, at=NOW)
    changed.statements = [{"reach": "principal", "action_classes": ["send"], "policy": "p"}]
    changed.save()
    gone.is_live = False
    gone.save()
    following = cases.staged(by, name="Fourth", period_from=date(2026, 10, 1), period_to=date(2026, 12, 31))
    assert {item.delegation_id: item.change for item in following.items.all()} == {
        same.pk: Change.UNCHANGED,
        changed.pk: Change.CHANGED,
    }
    assert following.removed_count == 1
    evidence = json.loads(following.items.get(delegation=same).evidence)
    assert evidence["last_review"]["decision"] == "certify"


def test_a_cancelled_campaign_asks_nobody_any_more():
    cases.seen_path()
    by = cases.security()
    campaign = cases.active(by)
    cancel_campaign(campaign.pk, reason="The wrong quarter was chosen.", acting_user=by, at=NOW)
    with pytest.raises(ConflictError):
        cases.decide(campaign.items.get(), REVOKE, by)
    with pytest.raises(ConflictError):
        activate(campaign.pk, acting_user=by, at=NOW)


def test_what_was_said_is_never_changed():
    cases.seen_path()
    by = cases.security()
    cases.decide(cases.active(by).items.get(), REVOKE, by)
    with pytest.raises(ProgrammingError), transaction.atomic():
        ReviewDecision.objects.update(note="something else")
    with pytest.raises(ProgrammingError), transaction.atomic():
        ReviewDecision.objects.all().delete()


def test_the_database_knows_no_campaign_without_a_population():
    by = cases.security()
    campaign = create_campaign(cases.asked(), acting_user=by, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.ACTIVE)

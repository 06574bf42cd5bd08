"""Decisions on slots, and the grant that two of them make."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from approvals.models import ApprovalSlot, Grant
from approvals.rules.deciders import SlotKind
from approvals.rules.states import RequestState
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.deciders import fillable_by
from inventory.models import AuditEvent, Role
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import Estate, approval, days, slot_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> Estate:
    return Estate()


def _approve(request, kind, person, *, at=NOW, **given):
    return decide(slot_of(request, kind).pk, approval(request, **given), acting_user=person, at=at)


def test_two_approvals_make_one_grant_and_each_step_its_audit_row(estate):
    request = estate.pending()
    _approve(request, SlotKind.OWNER, estate.colleague)
    assert not Grant.objects.exists()
    _approve(request, SlotKind.SECURITY, estate.security)
    grant = Grant.objects.get()
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED
    assert (grant.starts_on, grant.ends_on, grant.effective_ends_on) == (days(0), days(60), days(60))
    actions = list(AuditEvent.objects.filter(actor__isnull=False).order_by("id").values_list("action", flat=True))
    assert actions[-5:] == ["slot.approved", "slot.approved", "grant.approved", "task.opened", "request.approved"]


def test_an_approval_keeps_who_in_which_role_and_how_they_signed_in(estate):
    slot = _approve(estate.pending(), SlotKind.SECURITY, estate.security, comment="Fine.")
    slot.refresh_from_db()
    assert (slot.decided_by, slot.role_held, slot.signed_in_by, slot.comment) == (
        estate.security,
        "security",
        "password",
        "Fine.",
    )


def test_the_earliest_end_wins_and_resets_nothing(estate):
    request = estate.pending()
    _approve(request, SlotKind.OWNER, estate.colleague, ends_on=days(40))
    _approve(request, SlotKind.SECURITY, estate.security, ends_on=days(50))
    grant = Grant.objects.get()
    assert (grant.ends_on, grant.terms["ends_on"]) == (days(40), days(40).isoformat())


@pytest.mark.parametrize("ends_on", [days(-1), days(61)])
def test_an_approver_shortens_and_does_not_lengthen(estate, ends_on):
    with pytest.raises(RefusedError) as refusal:
        _approve(estate.pending(), SlotKind.OWNER, estate.colleague, ends_on=ends_on)
    assert refusal.value.field == "ends_on"
    assert not ApprovalSlot.objects.filter(verdict="approved").exists()


def test_nobody_decides_on_what_they_asked_for(estate):
    both = builders.user(Role.OWNER, Role.SECURITY, teams=[estate.team])
    request = estate.pending(by=both)
    for kind in SlotKind:
        with pytest.raises(RefusedError, match="You asked for this yourself"):
            _approve(request, kind, both)


def test_nobody_fills_both_slots(estate):
    both = builders.user(Role.OWNER, Role.SECURITY, teams=[estate.team])
    request = estate.pending()
    _approve(request, SlotKind.OWNER, both)
    with pytest.raises(RefusedError, match="a second person"):
        _approve(request, SlotKind.SECURITY, both)


def test_the_database_itself_refuses_the_requester_and_one_person_for_both(estate):
    request = estate.pending()
    filled = {"verdict": "approved", "decided_at": NOW, "terms_hash": "x"}
    slots = ApprovalSlot.objects.filter(line__request=request)
    with pytest.raises(IntegrityError, match="slot_not_by_requester"), transaction.atomic():
        slots.filter(kind="owner").update(decided_by=estate.owner, **filled)
    with pytest.raises(IntegrityError, match="slots_by_two_people"), transaction.atomic():
        slots.update(decided_by=estate.second, **filled)


def test_an_approval_of_terms_that_have_changed_is_a_conflict(estate):
    with pytest.raises(ConflictError, match="have changed"):
        _approve(estate.pending(), SlotKind.OWNER, estate.colleague, terms_hash="0" * 64)


def test_a_second_click_is_a_conflict_and_changes_nothing(estate):
    request = estate.pending()
    _approve(request, SlotKind.SECURITY, estate.security, comment="First.")
    with pytest.raises(ConflictError, match="already"):
        _approve(request, SlotKind.SECURITY, estate.second, comment="Second.")
    assert slot_of(request, SlotKind.SECURITY).comment == "First."


def test_a_role_that_was_lost_meanwhile_decides_nothing(estate):
    request = estate.pending()
    held = estate.security
    type(held).objects.filter(pk=held.pk).update(roles=[])
    with pytest.raises(RefusedError, match="Only the security team"):
        _approve(request, SlotKind.SECURITY, held)


@pytest.mark.parametrize("left", [[], [Role.AUDITOR], [Role.ADMIN], [Role.VENDOR_MANAGER], [Role.VIEWER]])
def test_who_is_no_owner_any_more_decides_nothing_and_ends_nothing_for_their_team(estate, left):
    builders.user(Role.OWNER, teams=[estate.team])
    grant, request = estate.granted(), estate.pending(from_addresses=("shop@shop.example.com",))
    type(estate.colleague).objects.filter(pk=estate.colleague.pk).update(roles=left)
    estate.colleague.refresh_from_db()
    with pytest.raises(RefusedError, match="role of identity owner or security"):
        _approve(request, SlotKind.OWNER, estate.colleague)
    with pytest.raises(RefusedError, match="Only the identity's owner"):
        revoke(grant.pk, reason="Over.", acting_user=estate.colleague, at=NOW)
    assert not fillable_by(estate.colleague, at=NOW).exists()


def test_a_lapsed_request_is_not_decided_even_before_anybody_wrote_that_down(estate):
    with pytest.raises(ConflictError, match="lapsed"):
        _approve(estate.pending(), SlotKind.OWNER, estate.colleague, at=NOW + timedelta(days=7))


def test_a_rejection_needs_a_reason_and_ends_the_request(estate):
    request = estate.pending()
    with pytest.raises(RefusedError, match="Say why"):
        _approve(request, SlotKind.SECURITY, estate.security, is_approved=False)
    _approve(request, SlotKind.SECURITY, estate.security, is_approved=False, comment="They were breached.")
    request.refresh_from_db()
    assert request.state == RequestState.REJECTED
    with pytest.raises(ConflictError):
        _approve(request, SlotKind.OWNER, estate.colleague)


def test_a_contract_that_was_shortened_between_the_approvals_is_noticed(estate):
    request = estate.pending()
    _approve(request, SlotKind.OWNER, estate.colleague)
    estate.vendor.contract_ends_on = days(30)
    estate.vendor.save()
    with pytest.raises(RefusedError, match="contract with Brightmail ends"):
        _approve(request, SlotKind.SECURITY, estate.security)
    assert slot_of(request, SlotKind.SECURITY).verdict == ""
    _approve(request, SlotKind.SECURITY, estate.security, ends_on=days(30))
    assert Grant.objects.get().ends_on == days(30)


def test_a_team_of_one_is_not_stuck_where_there_is_an_escalation_team(estate, settings):
    settings.SESGOV_ESCALATION_TEAM = "Mail council"
    estate.colleague.is_active = False
    estate.colleague.save()
    council = builders.user(Role.OWNER, teams=[builders.team(name="Mail council")])
    request = estate.pending()
    _approve(request, SlotKind.OWNER, council)
    assert slot_of(request, SlotKind.OWNER).verdict == "approved"

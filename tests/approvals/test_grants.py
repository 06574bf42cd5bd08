"""Grants: followed, revoked, suspended, taken up again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from approvals.models import ChangeTask, Grant
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Decision, Standing
from approvals.services.emergencies.suspensions import reinstate, suspend
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke, will_not_renew
from approvals.services.tasks.change_packs import situation_of
from inventory.models import AuditEvent, Role
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import Estate, approval, days, slot_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> Estate:
    return Estate()


def test_a_renewal_takes_over_and_the_approved_end_of_the_first_stays(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(30), ends_on=days(120))
    first.refresh_from_db()
    assert (first.decision, first.ends_on, first.effective_ends_on) == (Decision.SUPERSEDED, days(60), days(29))
    assert first.successor == second
    assert first.standing(days(29)) is Standing.ACTIVE
    assert list(Grant.objects.in_force(days(29))) == [first]
    assert list(Grant.objects.in_force(days(30))) == [second]


def test_a_change_that_begins_with_the_first_replaces_it_whole(estate):
    first = estate.granted()
    second = estate.granted(kind="modify", predecessor=first, ends_on=days(10))
    first.refresh_from_db()
    assert first.standing(days(0)) is Standing.SUPERSEDED
    assert list(Grant.objects.in_force(days(0))) == [second]


def test_ending_one_of_two_grants_leaves_the_other(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(30), ends_on=days(120))
    revoke(second.pk, reason="Contract cancelled.", acting_user=estate.security, at=NOW)
    first.refresh_from_db()
    assert first.decision == Decision.SUPERSEDED
    assert list(Grant.objects.in_force(days(10))) == [first]


def test_the_database_refuses_the_same_access_twice_on_a_day(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(30), ends_on=days(120))
    with pytest.raises(IntegrityError, match="grant_access_once_a_day"), transaction.atomic():
        Grant.objects.filter(pk=first.pk).update(effective_ends_on=second.starts_on)


@pytest.mark.parametrize("who", ["owner", "colleague", "security"])
def test_each_side_alone_takes_access_away(estate, who):
    grant = revoke(estate.granted().pk, reason="Over.", acting_user=getattr(estate, who), at=NOW)
    assert grant.standing(days(0)) is Standing.REVOKED
    assert AuditEvent.objects.filter(action="grant.revoked").count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN, Role.AUDITOR, Role.VENDOR_MANAGER])
def test_others_end_nothing(estate, role):
    with pytest.raises(RefusedError, match="Only the identity's owner or the security team"):
        revoke(estate.granted().pk, reason="Over.", acting_user=builders.user(role), at=NOW)


def test_a_grant_is_revoked_once_and_for_a_reason(estate):
    grant = estate.granted()
    with pytest.raises(RefusedError, match="Say why"):
        revoke(grant.pk, reason=" ", acting_user=estate.security, at=NOW)
    revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW)
    with pytest.raises(ConflictError, match="already"):
        revoke(grant.pk, reason="Over.", acting_user=estate.owner, at=NOW)


def test_what_has_expired_is_not_revoked_afterwards(estate):
    grant = estate.granted(ends_on=days(5))
    with pytest.raises(ConflictError, match="ended on"):
        revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW + timedelta(days=6))


def test_a_suspension_is_taken_back_by_somebody_else_within_72_hours(estate):
    grant = estate.granted()
    with pytest.raises(RefusedError, match="Only the security team"):
        suspend(grant.pk, reason="Odd mails.", acting_user=estate.owner, at=NOW)
    suspend(grant.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    assert not Grant.objects.in_force(days(0)).exists()
    with pytest.raises(RefusedError, match="somebody else"):
        reinstate(grant.pk, reason="All good.", acting_user=estate.security, at=NOW)
    with pytest.raises(ConflictError, match="72 hours"):
        reinstate(grant.pk, reason="All good.", acting_user=estate.second, at=NOW + timedelta(hours=72))
    reinstate(grant.pk, reason="All good.", acting_user=estate.second, at=NOW + timedelta(hours=71))
    assert list(Grant.objects.in_force(days(0))) == [grant]


def test_will_not_renew_is_said_once(estate):
    grant = estate.granted()
    for _ in range(2):
        will_not_renew(grant.pk, acting_user=estate.owner, at=NOW)
    assert AuditEvent.objects.filter(action="grant.will_not_renew").count() == 1


def test_a_grant_that_is_followed_can_be_stopped_until_its_successor_begins(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(61), ends_on=days(120))
    suspend(first.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    assert not Grant.objects.in_force(days(1)).exists()
    reinstate(first.pk, reason="All good.", acting_user=estate.second, at=NOW)
    first.refresh_from_db()
    assert (first.decision, first.successor) == (Decision.SUPERSEDED, second)
    revoke(first.pk, reason="Over.", acting_user=estate.owner, at=NOW)
    assert list(Grant.objects.standing_as(Standing.REVOKED, days(0))) == [first]
    assert not Grant.objects.in_force(days(1)).exists()


def test_while_a_grant_is_stopped_its_successor_does_not_begin_earlier(estate):
    first = estate.granted()
    second = estate.granted(kind="renew", predecessor=first, starts_on=days(61), ends_on=days(120))
    task = ChangeTask.objects.undone().get(grant=second, kind="apply")
    asked = situation_of(task, at=NOW).change.terms
    assert asked is not None
    assert asked.starts_on is None
    suspend(first.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    asked = situation_of(task, at=NOW).change.terms
    assert asked is not None
    assert asked.starts_on == days(61)


def test_a_grant_that_is_suspended_or_over_is_not_followed_or_suspended_again(estate):
    first = estate.granted(ends_on=days(3))
    renewal = estate.pending(kind="renew", predecessor=first, starts_on=days(4), ends_on=days(30))
    suspend(first.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    decide(slot_of(renewal, SlotKind.OWNER).pk, approval(renewal), acting_user=estate.colleague, at=NOW)
    with pytest.raises(ConflictError, match="is not followed"):
        decide(slot_of(renewal, SlotKind.SECURITY).pk, approval(renewal), acting_user=estate.security, at=NOW)
    with pytest.raises(ConflictError, match="ended on"):
        suspend(first.pk, reason="Odd.", acting_user=estate.security, at=NOW + timedelta(days=4))

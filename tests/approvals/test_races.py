"""Two people at the same moment, on two real connections: one outcome, and a conflict for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from approvals.models import ApprovalSlot, Containment, Grant, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.rules.states import RequestState
from approvals.services.emergencies.break_glass import break_glass, end_unconfirmed
from approvals.services.emergencies.containment import contain
from approvals.services.emergencies.suspensions import end_suspensions, reinstate, suspend
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.requests import Line, Request, ask_for_changes, withdraw
from inventory.models import AuditEvent
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate, approval, days, slot_of, terms
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DONE, CONFLICT = "done", "conflict"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Each in a thread and a connection of its own, begun together; how they ended, sorted."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=10)
            act()
        except ConflictError:
            return CONFLICT
        except RefusedError as refusal:
            return refusal.field
        finally:
            connection.close()
        return DONE

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_of_security_approve_the_same_slot():
    estate = Estate()
    request = estate.pending()
    slot, said = slot_of(request, SlotKind.SECURITY), approval(request)
    ends = at_once(
        lambda: decide(slot.pk, said, acting_user=estate.security, at=NOW),
        lambda: decide(slot.pk, said, acting_user=estate.second, at=NOW),
    )
    assert ends == [CONFLICT, DONE]
    assert AuditEvent.objects.filter(action="slot.approved").count() == 1


def test_both_sides_approve_at_the_same_moment_and_there_is_one_grant():
    estate = Estate()
    request = estate.pending()
    said = approval(request)
    slots = {kind: slot_of(request, kind).pk for kind in SlotKind}
    ends = at_once(
        lambda: decide(slots[SlotKind.OWNER], said, acting_user=estate.colleague, at=NOW),
        lambda: decide(slots[SlotKind.SECURITY], said, acting_user=estate.security, at=NOW),
    )
    assert ends == [DONE, DONE]
    assert Grant.objects.count() == 1
    assert GrantRequest.objects.get().state == RequestState.APPROVED


def test_a_double_click_counts_once():
    estate = Estate()
    request = estate.pending()
    slot, said = slot_of(request, SlotKind.OWNER), approval(request)
    ends = at_once(*(lambda: decide(slot.pk, said, acting_user=estate.colleague, at=NOW) for _ in range(2)))
    assert ends == [CONFLICT, DONE]


def test_a_withdrawal_and_the_last_approval_exclude_each_other():
    estate = Estate()
    request = estate.pending()
    said = approval(request)
    decide(slot_of(request, SlotKind.OWNER).pk, said, acting_user=estate.colleague, at=NOW)
    last = slot_of(request, SlotKind.SECURITY)
    ends = at_once(
        lambda: decide(last.pk, said, acting_user=estate.security, at=NOW),
        lambda: withdraw(request.pk, acting_user=estate.owner, at=NOW),
    )
    assert ends == [CONFLICT, DONE]
    request.refresh_from_db()
    assert Grant.objects.exists() == (request.state == RequestState.APPROVED)


def test_sending_back_and_approving_exclude_each_other():
    estate = Estate()
    request = estate.pending()
    said = approval(request)
    decide(slot_of(request, SlotKind.OWNER).pk, said, acting_user=estate.colleague, at=NOW)
    last = slot_of(request, SlotKind.SECURITY)
    ends = at_once(
        lambda: decide(last.pk, said, acting_user=estate.security, at=NOW),
        lambda: ask_for_changes(request.pk, comment="Less.", acting_user=estate.second, at=NOW),
    )
    assert ends == [CONFLICT, DONE]
    request.refresh_from_db()
    assert Grant.objects.exists() == (request.state == RequestState.APPROVED)


def test_two_requests_for_the_same_access_become_one_grant():
    estate = Estate()
    first, second = estate.pending(), estate.pending(by=estate.second)
    for request, person in ((first, estate.colleague), (second, estate.owner)):
        decide(slot_of(request, SlotKind.OWNER).pk, approval(request), acting_user=person, at=NOW)
    last = [slot_of(request, SlotKind.SECURITY).pk for request in (first, second)]
    said = [approval(request) for request in (first, second)]
    ends = at_once(
        lambda: decide(last[0], said[0], acting_user=estate.security, at=NOW),
        lambda: decide(last[1], said[1], acting_user=estate.security, at=NOW),
    )
    assert ends == [DONE, "ends_on"]
    assert Grant.objects.count() == 1
    assert ApprovalSlot.objects.filter(kind="security", verdict="approved").count() == 1


def test_revoking_and_suspending_exclude_each_other_or_follow():
    estate = Estate()
    grant = estate.granted()
    ends = at_once(
        lambda: revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW),
        lambda: suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW),
    )
    grant.refresh_from_db()
    assert grant.decision == "revoked"
    assert ends in ([CONFLICT, DONE], [DONE, DONE])


def test_two_contain_the_same_delegate_at_once():
    estate = Estate()
    grant = estate.granted()
    builders.delegation(identity=estate.identity, account_id=PARTNER)
    both = (estate.security, estate.owner)
    ends = at_once(
        *(
            lambda person=person: contain(estate.identity.pk, PARTNER, reason="Breached.", acting_user=person, at=NOW)
            for person in both
        )
    )
    grant.refresh_from_db()
    assert (ends, grant.decision) == ([DONE, DONE], "suspended")
    assert Containment.objects.count() == AuditEvent.objects.filter(action="identity.contained").count() == 1


def test_containing_and_revoking_at_once_leaves_nothing_in_force():
    estate = Estate()
    grant = estate.granted()
    builders.delegation(identity=estate.identity, account_id=PARTNER)
    ends = at_once(
        lambda: contain(estate.identity.pk, PARTNER, reason="Breached.", acting_user=estate.security, at=NOW),
        lambda: revoke(grant.pk, reason="Over.", acting_user=estate.owner, at=NOW),
    )
    grant.refresh_from_db()
    assert grant.decision == "revoked"
    assert ends in ([CONFLICT, DONE], [DONE, DONE])


def test_two_suspend_and_two_take_it_back():
    estate = Estate()
    grant = estate.granted()
    ends = at_once(
        lambda: suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW),
        lambda: suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW),
    )
    assert ends == [CONFLICT, DONE]
    third = builders.user("security")
    ends = at_once(
        lambda: reinstate(grant.pk, reason="Fine.", acting_user=estate.second, at=NOW),
        lambda: reinstate(grant.pk, reason="Fine.", acting_user=third, at=NOW),
    )
    assert ends == [CONFLICT, DONE]
    assert AuditEvent.objects.filter(action="grant.reinstated").count() == 1


def test_the_last_second_to_take_a_suspension_back_and_its_end_exclude_each_other():
    estate = Estate()
    grant = estate.granted()
    suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW)
    end = NOW + timedelta(hours=72)
    at_once(
        lambda: reinstate(grant.pk, reason="Fine.", acting_user=estate.second, at=end - timedelta(seconds=1)),
        lambda: end_suspensions(at=end),
    )
    grant.refresh_from_db()
    ended = AuditEvent.objects.filter(action="grant.revoked").count()
    taken_back = AuditEvent.objects.filter(action="grant.reinstated").count()
    assert (grant.decision, ended, taken_back) in (("revoked", 1, 0), ("approved", 0, 1))


def test_the_last_confirmation_and_the_end_of_its_time_exclude_each_other():
    estate = Estate()
    line = Line(estate.identity, terms(estate.identity, ends_on=days(2)))
    request = break_glass(Request("new", REASON, [line]), acting_user=estate.security, at=NOW)
    said = approval(request)
    decide(slot_of(request, SlotKind.OWNER).pk, said, acting_user=estate.owner, at=NOW)
    last, due = slot_of(request, SlotKind.SECURITY).pk, NOW + timedelta(days=2)
    at_once(
        lambda: decide(last, said, acting_user=estate.second, at=due - timedelta(seconds=1)),
        lambda: end_unconfirmed(at=due),
    )
    grant = Grant.objects.get()
    assert (grant.confirmed_at is None) != (grant.unconfirmed_at is None)
    assert grant.decision == ("approved" if grant.confirmed_at else "revoked")

"""Suspensions: their clock, and their buttons on the page of a grant."""

from datetime import timedelta

import pytest
from django.urls import reverse

from approvals.models import Grant
from approvals.rules.states import Decision
from approvals.services.emergencies.suspensions import end_suspensions, suspend
from inventory.models import AuditEvent, Role
from tests.approvals.cases import Estate, days
from tests.approvals.test_request_page import signed_in
from tests.builders import NOW
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> Estate:
    return Estate()


def test_after_72_hours_it_is_revoked_once_and_can_be_asked_for_anew(estate):
    grant = estate.granted()
    suspend(grant.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    late = NOW + timedelta(hours=72)
    assert end_suspensions(at=late - timedelta(seconds=1)) == 0
    assert end_suspensions(at=late) == 1
    assert end_suspensions(at=late) == 0
    grant.refresh_from_db()
    assert (grant.decision, grant.effective_ends_on, grant.ends_on) == (Decision.REVOKED, days(3), days(60))
    event = AuditEvent.objects.get(action="grant.revoked")
    assert (event.actor, "72 hours" in event.data) == (None, True)
    assert estate.pending(at=late, ends_on=days(90)).state == "pending"


def test_one_that_ran_out_meanwhile_keeps_its_end(estate):
    grant = estate.granted(ends_on=days(1))
    suspend(grant.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    end_suspensions(at=NOW + timedelta(hours=80))
    assert Grant.objects.get().effective_ends_on == days(1)


def test_the_page_suspends_and_somebody_else_takes_it_back(estate):
    grant = estate.granted()
    suspend_url = reverse("approvals:grant_suspend", args=[grant.pk])
    back_url = reverse("approvals:grant_reinstate", args=[grant.pk])
    first, second = signed_in(estate.security), signed_in(estate.second)
    assert client_of(Role.AUDITOR).post(suspend_url, {"reason": "No."}).status_code == 403
    assert first.post(suspend_url, {"reason": " "}).status_code == 422
    assert first.post(suspend_url, {"reason": "Odd mails."}).status_code == 302
    assert second.post(suspend_url, {"reason": "Odd mails."}).status_code == 409
    page = first.get(reverse("approvals:grant_detail", args=[grant.pk])).content.decode()
    assert "Somebody else of security can take that back" in page
    assert back_url not in page
    assert back_url in second.get(reverse("approvals:grant_detail", args=[grant.pk])).content.decode()
    assert first.post(back_url, {"reason": "All good."}).status_code == 422
    led = signed_in(estate.second, hours_ago=9).post(back_url, {"reason": "All good."})
    assert led.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Grant.objects.get().decision == Decision.SUSPENDED
    assert second.post(back_url, {"reason": "All good."}).status_code == 302
    assert Grant.objects.get().decision == Decision.APPROVED

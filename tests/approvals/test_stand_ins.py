"""Stand-ins: whom security may appoint for one request, and what they may then do."""

import pytest
from django.urls import reverse

from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import decide
from approvals.services.requests.stand_ins import appoint_stand_in
from inventory.models import AuditEvent, Notice, Role
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import Estate, approval, slot_of
from tests.approvals.test_request_page import signed_in
from tests.builders import NOW
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db
WHY = "The team is on holiday."


@pytest.fixture
def estate() -> Estate:
    return Estate()


def _appoint(estate, request, person, *, by=None, reason=WHY):
    return appoint_stand_in(request.pk, person, reason=reason, acting_user=by or estate.security, at=NOW)


def test_a_stand_in_decides_for_the_owners_side_of_one_request_and_is_told(estate):
    person = builders.user(Role.OWNER, teams=[builders.team()])
    request = estate.pending()
    for _ in range(2):
        _appoint(estate, request, person)
    decide(slot_of(request, SlotKind.OWNER).pk, approval(request), acting_user=person, at=NOW)
    assert slot_of(request, SlotKind.OWNER).role_held == "stand-in"
    assert Notice.objects.filter(person=person, kind="decide", key__startswith="stand-in").count() == 1
    assert AuditEvent.objects.filter(action="request.stand_in_appointed").count() == 1
    other = estate.pending(principals=("444455556666",), from_addresses=())
    with pytest.raises(RefusedError, match="Only the identity's owner"):
        decide(slot_of(other, SlotKind.OWNER).pk, approval(other), acting_user=person, at=NOW)


def test_who_decided_for_security_or_asked_or_left_is_no_stand_in(estate):
    request = estate.pending()
    decide(slot_of(request, SlotKind.SECURITY).pk, approval(request), acting_user=estate.second, at=NOW)
    left = builders.user(Role.OWNER, is_active=False)
    for person, words in (
        (estate.owner, "asked for this"),
        (estate.second, "has decided for the other side"),
        (estate.security, "Nobody appoints themselves"),
        (left, "has left"),
        (builders.user(), "role of identity owner or security"),
        (builders.user(Role.AUDITOR), "role of identity owner or security"),
    ):
        with pytest.raises(RefusedError, match=words):
            _appoint(estate, request, person)
    assert slot_of(request, SlotKind.OWNER).stand_in is None


def test_only_security_appoints_for_a_reason_and_while_it_waits(estate):
    person, request = builders.user(Role.OWNER), estate.pending()
    with pytest.raises(RefusedError, match="Only the security team"):
        _appoint(estate, request, person, by=estate.colleague)
    with pytest.raises(RefusedError, match="Say why"):
        _appoint(estate, request, person, reason=" ")
    decide(slot_of(request, SlotKind.OWNER).pk, approval(request), acting_user=estate.colleague, at=NOW)
    with pytest.raises(ConflictError, match="has decided already"):
        _appoint(estate, request, person)


def test_the_request_page_appoints(estate):
    person, request = builders.user(Role.OWNER), estate.pending()
    url = reverse("approvals:request_stand_in", args=[request.pk])
    security, late = signed_in(estate.security), signed_in(estate.security, hours_ago=9)
    led = late.post(url, {"stand_in": person.pk, "reason": WHY})
    assert led.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert client_of(Role.AUDITOR).post(url, {"stand_in": person.pk, "reason": WHY}).status_code == 403
    assert security.post(url, {"stand_in": person.pk, "reason": ""}).status_code == 422
    assert security.post(url, {"stand_in": "x", "reason": WHY}).status_code == 404
    # The request of the estate was made in the past: by now it has lapsed.
    assert security.post(url, {"stand_in": person.pk, "reason": WHY}).status_code in (302, 409)

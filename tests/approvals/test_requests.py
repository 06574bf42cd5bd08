"""Requests: what is refused, what each step writes."""

from datetime import timedelta

import pytest

from approvals.models import ApprovalSlot, GrantRequest
from approvals.rules.deciders import SlotKind
from approvals.rules.states import RequestState
from approvals.services.grants.decisions import decide
from approvals.services.requests.requests import (
    Line,
    Request,
    ask_for_changes,
    change_draft,
    lapse_overdue,
    save_draft,
    submit,
    withdraw,
)
from inventory.models import Account, AuditEvent, Role
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate, approval, days, slot_of, terms
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> Estate:
    return Estate()


def test_a_submitted_request_has_both_slots_of_each_line_and_seven_days(estate):
    request = estate.pending()
    assert request.state == RequestState.PENDING
    assert request.lapses_at == NOW + timedelta(days=7)
    kinds = ApprovalSlot.objects.filter(line__request=request).values_list("kind", "requester")
    assert set(kinds) == {("owner", estate.owner.pk), ("security", estate.owner.pk)}
    actions = AuditEvent.objects.filter(object_type="grantrequest").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["request.drafted", "request.submitted"]


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"ends_on": days(-1)}, "ends_on", "is past"),
        ({"starts_on": days(-1)}, "starts_on", "is past"),
        ({"ends_on": days(365)}, "ends_on", "contract with Brightmail ends on"),
        ({"from_addresses": (), "ends_on": days(180)}, "ends_on", "180 days at most: until"),
        ({"principals": ("*",), "ends_on": days(30)}, "ends_on", "30 days at most"),
        ({"principals": ("999988887777",), "ends_on": days(10)}, "principals", "999988887777: nobody registered this"),
        ({"principals": ("o-zzzzzzzzzz",), "ends_on": days(10)}, "principals", "o-zzzzzzzzzz: nobody registered this"),
        ({"actions": ("ses:SendBulkEmail",)}, "actions", "carry no address"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field_and_nothing_moves(estate, given, field, words):
    draft = estate.draft(**given)
    with pytest.raises(RefusedError) as refusal:
        submit(draft.pk, acting_user=estate.owner, at=NOW)
    assert refusal.value.field == field
    assert words in refusal.value.message
    draft.refresh_from_db()
    assert draft.state == RequestState.DRAFT
    assert not ApprovalSlot.objects.exists()


def test_the_longest_term_is_taken_to_the_day(estate):
    assert estate.pending(from_addresses=(), ends_on=days(179)).state == RequestState.PENDING


def test_an_identity_that_is_gone_meanwhile_is_refused(estate):
    draft = estate.draft()
    estate.identity.gone_at = NOW
    estate.identity.save()
    with pytest.raises(RefusedError, match="no longer exists in SES"):
        submit(draft.pk, acting_user=estate.owner, at=NOW)


def test_the_same_access_is_not_granted_twice(estate):
    estate.granted()
    draft = estate.draft(ends_on=days(90))
    with pytest.raises(RefusedError, match="granted already from"):
        submit(draft.pk, acting_user=estate.owner, at=NOW)


def test_access_that_ended_is_asked_for_anew(estate):
    estate.granted(ends_on=days(5))
    later = NOW + timedelta(days=10)
    assert estate.pending(at=later, ends_on=days(60)).state == RequestState.PENDING


def test_a_former_account_is_not_let_in_again(estate):
    Account.objects.filter(account_id=PARTNER).update(state=Account.State.CLOSED)
    draft = estate.draft()
    with pytest.raises(RefusedError, match="is a former account"):
        submit(draft.pk, acting_user=estate.owner, at=NOW)


@pytest.mark.parametrize("ends", ["vendor", "account"])
def test_an_account_ends_with_its_own_contract_whether_or_not_the_request_names_the_vendor(estate, ends):
    account = Account.objects.get(account_id=PARTNER)
    if ends == "account":
        account.ends_on = days(20)
        account.save()
    else:
        estate.vendor.contract_ends_on = days(20)
        estate.vendor.save()
    asked = Request("new", REASON, [Line(estate.identity, terms(estate.identity, ends_on=days(21)))])
    draft = save_draft(asked, acting_user=estate.owner, at=NOW)
    with pytest.raises(RefusedError, match=f"ends on {days(20)}"):
        submit(draft.pk, acting_user=estate.owner, at=NOW)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_those_who_only_read_ask_for_nothing(estate, role):
    with pytest.raises(RefusedError, match="Your role does not ask"):
        estate.draft(by=builders.user(role))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"justification": "  short "}, "justification"),
        ({"lines": []}, "identity"),
        ({"kind": "revoke"}, "kind"),
        ({"ticket": "x" * 101}, "ticket"),
        ({"justification": "A reason with a bell \x07 in it"}, "justification"),
        ({"kind": "renew"}, "predecessor"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_at_its_field(estate, change, field):
    whole = {"kind": "new", "justification": REASON, "lines": [Line(estate.identity, terms(estate.identity))]} | change
    with pytest.raises(RefusedError) as refusal:
        save_draft(Request(**whole), acting_user=estate.owner, at=NOW)
    assert refusal.value.field == field
    assert not GrantRequest.objects.exists()


def test_a_ticket_is_needed_where_the_setting_says_so(estate, settings):
    settings.SESGOV_REQUIRE_TICKET = True
    with pytest.raises(RefusedError, match="Name the ticket"):
        estate.draft()


def test_days_of_another_time_zone_are_refused(estate):
    with pytest.raises(RefusedError, match="Days are those of UTC"):
        estate.draft(time_zone="Europe/Vienna")


def test_changed_terms_have_to_be_approved_anew_and_what_was_said_before_stays(estate):
    request = estate.pending()
    first = slot_of(request, SlotKind.OWNER)
    decide(first.pk, approval(request), acting_user=estate.colleague, at=NOW)
    ask_for_changes(request.pk, comment="Only until May, please.", acting_user=estate.security, at=NOW)
    line = Line(estate.identity, terms(estate.identity, ends_on=days(20)))
    again = Request(kind="new", justification=REASON, lines=[line], vendor=estate.vendor)
    change_draft(request.pk, again, acting_user=estate.owner, at=NOW)
    request = submit(request.pk, acting_user=estate.owner, at=NOW)
    first.refresh_from_db()
    assert first.verdict == "approved"
    assert slot_of(request, SlotKind.OWNER).verdict == ""
    assert request.lines.get().terms_hash != first.terms_hash


def test_frozen_terms_are_not_changed(estate):
    request = estate.pending()
    line = Line(estate.identity, terms(estate.identity, ends_on=days(20)))
    with pytest.raises(ConflictError, match="can no longer be changed"):
        change_draft(request.pk, Request("new", REASON, [line]), acting_user=estate.owner, at=NOW)


def test_only_the_one_who_asked_submits_changes_and_withdraws(estate):
    draft = estate.draft()
    with pytest.raises(RefusedError, match="Only whoever asked"):
        submit(draft.pk, acting_user=estate.colleague, at=NOW)
    request = estate.pending(principals=(f"arn:aws:iam::{PARTNER}:role/other",))
    with pytest.raises(RefusedError, match="Only whoever asked"):
        withdraw(request.pk, acting_user=estate.security, at=NOW)


def test_somebody_who_could_not_decide_sends_nothing_back(estate):
    request = estate.pending()
    for person in (estate.owner, builders.user(Role.ADMIN)):
        with pytest.raises(RefusedError):
            ask_for_changes(request.pk, comment="No.", acting_user=person, at=NOW)


def test_what_nobody_decided_lapses_once(estate):
    request = estate.pending()
    late = NOW + timedelta(days=7)
    assert lapse_overdue(at=late - timedelta(seconds=1)) == 0
    assert lapse_overdue(at=late) == 1
    assert lapse_overdue(at=late) == 0
    request.refresh_from_db()
    assert (request.state, request.ended_at) == (RequestState.LAPSED, late)
    assert AuditEvent.objects.filter(action="request.lapsed").count() == 1


def test_who_sees_a_request(estate):
    request = estate.pending()
    stranger = builders.user(Role.OWNER, teams=[builders.team()])
    for person in (estate.owner, estate.colleague, estate.security, builders.user(Role.VIEWER)):
        assert list(GrantRequest.objects.visible_to(person)) == [request]
    assert not GrantRequest.objects.visible_to(stranger).exists()

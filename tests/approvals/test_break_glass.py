"""Access that one person gives at once: in force now, confirmed by two others in time, or over."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from approvals.models import Grant, GrantRequest
from approvals.rules.calendar import confirm_by, last_day_of_broken_glass
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Decision, Observation, RequestState, Standing
from approvals.services.emergencies.break_glass import break_glass, break_glass_for, end_unconfirmed
from approvals.services.emergencies.suspensions import reinstate, suspend
from approvals.services.emergencies.unconfirmed_findings import settle_seen
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.requests import Line, Request, ask_for_changes, lapse_overdue, save_draft, withdraw
from inventory.models import Account, AuditEvent, Finding, FindingEpisode, Role
from inventory.services.refusals import RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, REASON, Estate, approval, days, slot_of, terms
from tests.approvals.test_request_page import signed_in
from tests.builders import NOW
from tests.pages.clients import client_for, text_of

pytestmark = pytest.mark.django_db
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def estate() -> Estate:
    return Estate()


def _break(estate, *, by=None, at=NOW, **given):
    wanted = terms(estate.identity, **{"ends_on": days(2)} | given)
    asked = Request("new", REASON, [Line(estate.identity, wanted)], vendor=estate.vendor)
    return break_glass(asked, acting_user=by or estate.security, at=at)


def _say(request, kind, person, *, at=NOW, **given):
    return decide(slot_of(request, kind).pk, approval(request, **given), acting_user=person, at=at)


def test_it_is_in_force_at_once_and_both_sides_are_asked(estate):
    request = _break(estate)
    grant = Grant.objects.get()
    assert (grant.decision, grant.standing(days(0))) == (Decision.BREAK_GLASS, Standing.ACTIVE)
    assert list(Grant.objects.in_force(days(0))) == [grant]
    assert request.state == RequestState.PENDING
    # NOW is a Monday.
    assert grant.confirm_by == request.lapses_at == NOW + timedelta(days=2)
    assert {slot_of(request, kind).verdict for kind in SlotKind} == {""}
    assert AuditEvent.objects.filter(action="grant.glass_broken", actor=estate.security).count() == 1


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2026, 11, 5, 15, tzinfo=UTC), datetime(2026, 11, 9, 15, tzinfo=UTC)),
        (datetime(2026, 11, 7, 12, tzinfo=UTC), datetime(2026, 11, 10, 23, tzinfo=UTC)),
        # Late on Sunday in UTC it is Monday already in Vienna.
        (datetime(2026, 11, 8, 23, 30, tzinfo=UTC), datetime(2026, 11, 10, 23, 30, tzinfo=UTC)),
        # Clocks go back on 25 October: the same time of day all the same.
        (datetime(2026, 10, 23, 8, tzinfo=UTC), datetime(2026, 10, 27, 9, tzinfo=UTC)),
    ],
)
def test_two_business_days(day, expected):
    assert confirm_by(day, VIENNA) == expected


@pytest.mark.parametrize("hour", [0, 23])
def test_it_is_over_at_a_midnight_within_72_hours(hour):
    at = datetime(2026, 10, 24, hour, 30, tzinfo=VIENNA)
    last = last_day_of_broken_glass(at, VIENNA)
    over = datetime(last.year, last.month, last.day, tzinfo=VIENNA) + timedelta(days=1)
    assert at + timedelta(hours=40) < over.astimezone(UTC) <= at.astimezone(UTC) + timedelta(hours=72)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.VENDOR_MANAGER])
def test_only_security_breaks_the_glass(estate, role):
    person = builders.user(role, teams=[estate.team])
    with pytest.raises(RefusedError, match="Only the security team breaks the glass"):
        _break(estate, by=person)
    asked = Request("break_glass", REASON, [Line(estate.identity, terms(estate.identity))])
    with pytest.raises(RefusedError, match="Only the security team breaks the glass"):
        save_draft(asked, acting_user=person, at=NOW)
    assert not GrantRequest.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": days(3)}, "over within 72 hours"),
        ({"principals": ("*",)}, "Nobody lets in anyone at all alone"),
        ({"principals": ("999988887777",)}, "nobody registered this"),
    ],
)
def test_what_holds_for_other_requests_holds_here(estate, given, words):
    with pytest.raises(RefusedError, match=words):
        _break(estate, **given)
    assert not GrantRequest.objects.exists()


def test_a_former_account_is_not_let_in_this_way_either(estate):
    Account.objects.filter(account_id=PARTNER).update(state=Account.State.CLOSED)
    with pytest.raises(RefusedError, match="is a former account"):
        _break(estate)
    assert not Grant.objects.exists()


def test_who_broke_the_glass_confirms_nothing(estate):
    request = _break(estate)
    with pytest.raises(RefusedError, match="You asked for this yourself"):
        _say(request, SlotKind.SECURITY, estate.security)


def test_two_others_confirm_it_even_once_it_is_over(estate):
    friday = NOW + timedelta(days=4)
    request = _break(estate, at=friday, ends_on=days(6))
    monday = friday + timedelta(days=3)
    _say(request, SlotKind.OWNER, estate.owner, at=monday)
    _say(request, SlotKind.SECURITY, estate.second, at=monday)
    grant = Grant.objects.get()
    request.refresh_from_db()
    assert (grant.decision, grant.confirmed_at, request.state) == (Decision.APPROVED, monday, RequestState.APPROVED)
    assert grant.standing(monday.date()) is Standing.EXPIRED
    assert end_unconfirmed(at=monday + timedelta(days=30)) == 0


def test_an_approver_cuts_it_short(estate):
    request = _break(estate)
    _say(request, SlotKind.OWNER, estate.owner, ends_on=days(1))
    _say(request, SlotKind.SECURITY, estate.second)
    grant = Grant.objects.get()
    assert (grant.ends_on, grant.effective_ends_on) == (days(2), days(1))


def test_what_nobody_confirmed_in_time_is_revoked_with_a_critical_finding(estate):
    request = _break(estate)
    _say(request, SlotKind.OWNER, estate.owner)
    due = NOW + timedelta(days=2)
    assert lapse_overdue(at=due) == 0
    assert end_unconfirmed(at=due - timedelta(seconds=1)) == 0
    assert end_unconfirmed(at=due) == 1
    assert end_unconfirmed(at=due) == 0
    grant, finding = Grant.objects.get(), Finding.objects.get()
    request.refresh_from_db()
    assert (grant.decision, grant.unconfirmed_at, request.state) == (Decision.REVOKED, due, RequestState.LAPSED)
    assert (finding.rule_id, finding.severity, finding.subject) == ("break-glass-unconfirmed", "critical", PARTNER)
    written = set(AuditEvent.objects.filter(at=due).values_list("action", flat=True))
    assert written >= {"request.lapsed", "grant.revoked", "grant.unconfirmed", "findings.changed"}


def test_a_no_ends_it_with_the_next_tick(estate):
    request = _break(estate)
    _say(request, SlotKind.OWNER, estate.owner, is_approved=False, comment="We did not need them.")
    assert end_unconfirmed(at=NOW) == 1
    assert Grant.objects.get().standing(days(0)) is Standing.REVOKED
    assert Finding.objects.open().count() == 1


def test_what_was_revoked_by_hand_still_has_to_be_answered_for(estate):
    _break(estate)
    revoke(Grant.objects.get().pk, reason="Done.", acting_user=estate.security, at=NOW)
    assert end_unconfirmed(at=NOW + timedelta(days=2)) == 1
    assert Finding.objects.open().count() == 1


def test_the_finding_closes_when_a_later_reading_saw_the_access_gone(estate):
    _break(estate)
    due = NOW + timedelta(days=2)
    end_unconfirmed(at=due)
    run = builders.run()

    def observe(what, at):
        Grant.objects.update(observation=what, observed_at=at, observed_by_run=run)
        return settle_seen(at=at)

    assert observe(Observation.REMOVED, due) == 0
    assert observe(Observation.STILL_PRESENT, due + timedelta(hours=1)) == 0
    assert observe(Observation.REMOVED, due + timedelta(hours=2)) == 1
    assert not Finding.objects.open().exists()
    assert FindingEpisode.objects.get().closed_by_run == run
    assert observe(Observation.REMOVED, due + timedelta(hours=3)) == 0


def test_what_is_in_force_is_neither_withdrawn_nor_sent_back(estate):
    request = _break(estate)
    with pytest.raises(RefusedError, match="Revoke the grant instead"):
        withdraw(request.pk, acting_user=estate.security, at=NOW)
    with pytest.raises(RefusedError, match="Revoke the grant instead"):
        ask_for_changes(request.pk, comment="Less.", acting_user=estate.second, at=NOW)


def test_a_suspension_in_between_does_not_confirm_it(estate):
    request = _break(estate)
    grant = Grant.objects.get()
    suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW)
    reinstate(grant.pk, reason="Fine.", acting_user=estate.second, at=NOW)
    grant.refresh_from_db()
    assert grant.decision == Decision.BREAK_GLASS
    suspend(grant.pk, reason="Odd.", acting_user=estate.security, at=NOW)
    _say(request, SlotKind.OWNER, estate.owner)
    _say(request, SlotKind.SECURITY, estate.second)
    grant.refresh_from_db()
    assert (grant.decision, grant.confirmed_at) == (Decision.SUSPENDED, NOW)


def test_the_pages_say_it_loudly_and_only_who_asked_breaks_it(estate, time_machine):
    time_machine.move_to(NOW)
    asked = estate.pending(by=estate.security)
    url = reverse("approvals:request_break_glass", args=[asked.pk])
    detail = reverse("approvals:request_detail", args=[asked.pk])
    client, other = signed_in(estate.security), client_for(estate.second)
    assert url in text_of(client, detail)
    assert url not in text_of(other, detail)
    assert other.post(url).status_code == 403
    assert "You fill neither place" in text_of(client, url)
    answer = client.post(url)
    asked.refresh_from_db()
    given = GrantRequest.objects.get(kind="break_glass")
    assert answer.headers["Location"] == reverse("approvals:request_detail", args=[given.pk])
    assert (asked.state, given.state, Grant.objects.get().ends_on) == ("withdrawn", "pending", days(2))
    grant = Grant.objects.get()
    assert "The glass was broken" in text_of(client_for(estate.owner), answer.headers["Location"])
    assert reverse("approvals:request_withdraw", args=[given.pk]) not in text_of(client, answer.headers["Location"])
    assert "The glass was broken" in text_of(other, reverse("approvals:grant_detail", args=[grant.pk]))
    assert "was broken" in text_of(client_for(estate.owner), reverse("approvals:inbox"))
    assert client.post(url).status_code in (403, 409)


def test_what_would_follow_another_grant_is_not_given_at_once(estate):
    first = estate.granted()
    renewal = estate.pending(by=estate.security, kind="renew", predecessor=first, starts_on=days(30), ends_on=days(90))
    with pytest.raises(RefusedError, match="Only new access"):
        break_glass_for(renewal.pk, acting_user=estate.security, at=NOW)


def test_nobody_prolongs_it_alone_by_breaking_it_again_and_again(estate):
    _break(estate)
    revoke(Grant.objects.get().pk, reason="A wrong address.", acting_user=estate.security, at=NOW)
    other = (f"shop@{estate.identity.name}",)
    _break(estate, by=estate.second, at=NOW + timedelta(days=1), from_addresses=other)
    later = NOW + timedelta(days=3)
    with pytest.raises(RefusedError, match=f"beyond {days(2)}"):
        _break(estate, at=later, ends_on=days(5))
    with pytest.raises(RefusedError, match=f"beyond {days(2)}"):
        _break(estate, by=estate.second, at=later, ends_on=days(5), principals=(PARTNER,), from_addresses=other)
    assert estate.pending(at=later, ends_on=days(20)).state == "pending"
    much_later = NOW + timedelta(days=32)
    assert _break(estate, at=much_later, ends_on=days(33)).state == "pending"


def test_what_two_agreed_to_is_no_reason_to_refuse_the_next_emergency(estate):
    request = _break(estate)
    _say(request, SlotKind.OWNER, estate.owner)
    _say(request, SlotKind.SECURITY, estate.second)
    assert _break(estate, at=NOW + timedelta(days=3), ends_on=days(5)).state == "pending"


def test_who_signed_in_long_ago_breaks_nothing(estate, time_machine):
    time_machine.move_to(NOW)
    asked = estate.pending(by=estate.security)
    url = reverse("approvals:request_break_glass", args=[asked.pk])
    led = signed_in(estate.security, hours_ago=9).post(url)
    assert led.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not Grant.objects.exists()

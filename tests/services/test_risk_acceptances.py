"""Risk acceptances: asked for by one, decided by another, ended by the calendar or by what changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from inventory.models import AuditEvent, Finding, RiskAcceptance, User
from inventory.services.findings.risk_acceptances import (
    ask_acceptance,
    decide_acceptance,
    end_acceptance,
    withdraw_acceptance,
)
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.builders import NOW
from tests.services.findings_world import LATER, STRANGER, place, role, sends, settle

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
WHY = "The partner moves to its own domain in January."


def ask(finding: Finding, *, by: User | None = None, days: int = 20, kind: str = "risk", why: str = WHY):
    by = by or builders.user("security")
    until = TODAY + timedelta(days=days)
    return ask_acceptance(finding, kind=kind, justification=why, until=until, acting_user=by, at=NOW)


def decide(acceptance: RiskAcceptance, *, by: User | None = None, is_approved: bool = True, comment: str = "Agreed."):
    by = by or builders.user("security")
    return decide_acceptance(acceptance.pk, is_approved=is_approved, comment=comment, acting_user=by, at=NOW)


def _open_to_do(on=TODAY) -> set[int]:
    return set(Finding.objects.open().counted().unaccepted(on).values_list("pk", flat=True))


@pytest.mark.parametrize(("kind", "disposition"), [("risk", "risk_accepted"), ("false_positive", "false_positive")])
def test_two_people_let_a_finding_stand_until_a_day(kind, disposition):
    finding = builders.finding()
    acceptance = ask(finding, kind=kind)
    assert _open_to_do() == {finding.pk}
    decide(acceptance)
    finding.refresh_from_db()
    assert (finding.disposition, finding.disposition_until) == (disposition, acceptance.until)
    assert _open_to_do() == set()
    actions = AuditEvent.objects.filter(object_type="riskacceptance").values_list("action", flat=True)
    assert set(actions) == {"acceptance.requested", "acceptance.approved"}


def test_it_counts_again_the_day_after_its_last_without_any_job():
    finding = builders.finding()
    last = decide(ask(finding)).until
    assert _open_to_do(last) == set()
    assert _open_to_do(last + timedelta(days=1)) == {finding.pk}
    finding.refresh_from_db()
    assert (finding.standing(last), finding.standing(last + timedelta(days=1))) == ("risk_accepted", "new")


def test_nobody_agrees_with_themselves():
    me = builders.user("security")
    acceptance = ask(builders.finding(), by=me)
    with pytest.raises(RefusedError, match="You asked for it"):
        decide(acceptance, by=me)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskAcceptance.objects.update(decision="approved", decided_by=me, decided_at=NOW)


@pytest.mark.parametrize("roles", [["viewer"], ["auditor"], ["admin"], ["vendor_manager"], ["owner"]])
def test_only_security_decides(roles):
    with pytest.raises(PermissionDenied):
        decide(ask(builders.finding()), by=builders.user(*roles))


def test_an_owner_asks_for_their_own_and_a_reader_for_nothing():
    team = builders.team()
    own = builders.finding(identity=builders.identity(owner_team=team))
    ask(own, by=builders.user("owner", teams=[team]))
    for asker in (builders.user("owner", teams=[builders.team()]), builders.user("viewer")):
        with pytest.raises(PermissionDenied):
            ask(own, by=asker)


@pytest.mark.parametrize(
    ("severity", "most"), [("critical", 30), ("high", 90), ("medium", 180), ("low", 180)]
)  # fmt: skip
@pytest.mark.parametrize("kind", ["risk", "false_positive"])
def test_the_end_is_bound_by_the_severity(severity, most, kind):
    finding = builders.finding(severity=severity)
    with pytest.raises(RefusedError, match=f"{most} days at most"):
        ask(finding, days=most + 1, kind=kind)
    assert ask(finding, days=most, kind=kind).until == TODAY + timedelta(days=most)


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("until", {"days": 0}),
        ("until", {"days": -3}),
        ("justification", {"why": "it is fine"}),
        ("justification", {"why": "word " * 1000}),
        ("kind", {"kind": "forever"}),
    ],
)
def test_a_request_without_a_reason_or_an_end_is_refused_at_its_field(field, options):
    with pytest.raises(RefusedError) as refusal:
        ask(builders.finding(), **options)
    assert refusal.value.field == field
    assert not RiskAcceptance.objects.exists()


@pytest.mark.parametrize("fields", [{"presence": "absent"}, {"severity": "info"}])
def test_there_must_be_something_to_accept(fields):
    with pytest.raises(RefusedError):
        ask(builders.finding(**fields))


def test_a_second_request_meets_the_first():
    finding = builders.finding()
    ask(finding)
    with pytest.raises(ConflictError):
        ask(finding)


def test_a_rejection_says_why_and_changes_nothing():
    finding = builders.finding()
    acceptance = ask(finding)
    with pytest.raises(RefusedError, match="Say why"):
        decide(acceptance, is_approved=False, comment=" ")
    decide(acceptance, is_approved=False, comment="End it instead.")
    assert _open_to_do() == {finding.pk}
    with pytest.raises(ConflictError, match="already rejected by"):
        decide(acceptance)


def test_who_asked_may_take_it_back_and_nobody_else():
    me = builders.user("security")
    acceptance = ask(builders.finding(), by=me)
    with pytest.raises(PermissionDenied):
        withdraw_acceptance(acceptance.pk, acting_user=builders.user("security"), at=NOW)
    withdraw_acceptance(acceptance.pk, acting_user=me, at=NOW)
    with pytest.raises(ConflictError, match="already withdrawn"):
        decide(acceptance)


def test_security_ends_one_before_its_day():
    finding = builders.finding()
    acceptance = decide(ask(finding))
    end_acceptance(acceptance.pk, reason="The partner was hacked.", acting_user=builders.user("security"), at=NOW)
    assert _open_to_do() == {finding.pk}
    with pytest.raises(ConflictError):
        end_acceptance(acceptance.pk, reason="Again.", acting_user=builders.user("security"), at=NOW)


def test_a_later_one_takes_the_place_of_the_first():
    finding = builders.finding()
    first = decide(ask(finding, days=5))
    second = decide(ask(finding, days=60))
    first.refresh_from_db()
    finding.refresh_from_db()
    assert (first.end_reason, finding.disposition_until) == ("replaced", second.until)
    assert list(RiskAcceptance.objects.in_force(TODAY)) == [second]


def test_a_request_whose_day_is_over_can_only_be_rejected():
    acceptance = ask(builders.finding(), days=2)
    late = NOW + timedelta(days=3)
    by = builders.user("security")
    with pytest.raises(RefusedError, match="is over"):
        decide_acceptance(acceptance.pk, is_approved=True, comment="", acting_user=by, at=late)
    decide_acceptance(acceptance.pk, is_approved=False, comment="Too late.", acting_user=by, at=late)


def _judged_finding() -> Finding:
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    return Finding.objects.get(rule_id="unknown-account-send", identity=identity, subject=STRANGER)


def test_a_fixed_finding_stays_not_accepted_when_it_comes_back():
    finding = _judged_finding()
    acceptance = decide(ask(finding))
    settle(finding.identity, {}, at=LATER - timedelta(days=1))
    acceptance.refresh_from_db()
    assert (acceptance.end_reason, acceptance.ended_at) == ("closed", LATER - timedelta(days=1))
    settle(finding.identity, {"partner": sends(finding.identity, role())}, at=LATER)
    finding.refresh_from_db()
    assert (finding.presence, finding.disposition, finding.disposition_until) == ("present", "new", None)
    assert finding.pk in _open_to_do(LATER.date())
    assert AuditEvent.objects.filter(action="acceptance.ended", actor=None).count() == 1


def test_a_request_lapses_when_its_finding_closes():
    finding = _judged_finding()
    acceptance = ask(finding)
    settle(finding.identity, {}, at=LATER)
    acceptance.refresh_from_db()
    assert acceptance.decision == "lapsed"


def _unscoped() -> Finding:
    identity = place()
    text = builders.document(builders.allow(role(), identity.arn))
    settle(identity, {"partner": text})
    return Finding.objects.get(rule_id="no-from-restriction", identity=identity)


@pytest.mark.parametrize("is_decided", [True, False])
def test_a_finding_that_becomes_worse_than_was_accepted_counts_again(is_decided):
    finding = _unscoped()
    acceptance = ask(finding)
    if is_decided:
        decide(acceptance)
    finding.identity.environment = "production"
    finding.identity.save()
    settle(finding.identity, at=LATER)
    finding.refresh_from_db()
    acceptance.refresh_from_db()
    assert (finding.severity, finding.disposition) == ("high", "new")
    assert (acceptance.decision, acceptance.end_reason) == (("approved", "worse") if is_decided else ("lapsed", ""))


def test_a_finding_that_becomes_milder_stays_accepted():
    finding = _unscoped()
    finding.identity.environment = "production"
    finding.identity.save()
    settle(finding.identity)
    finding.refresh_from_db()
    acceptance = decide(ask(finding))
    finding.identity.environment = "staging"
    finding.identity.save()
    settle(finding.identity, at=LATER)
    finding.refresh_from_db()
    acceptance.refresh_from_db()
    assert (finding.severity, finding.disposition, acceptance.ended_at) == ("medium", "risk_accepted", None)


def test_a_reading_that_fails_ends_no_acceptance():
    finding = _judged_finding()
    acceptance = decide(ask(finding))
    Finding.objects.update(presence="stale")
    settle(finding.identity, at=LATER)
    acceptance.refresh_from_db()
    assert acceptance.ended_at is None


def _at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave, or how it was refused, all of them begun at the same moment."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return call()
        except (ConflictError, RefusedError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result(timeout=20) for each in [threads.submit(run, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_outcome():
    acceptance = ask(builders.finding())
    one, other = builders.user("security"), builders.user("security")
    found = _at_once(
        lambda: decide(acceptance, by=one),
        lambda: decide(acceptance, by=other, is_approved=False, comment="No."),
    )
    assert sum(isinstance(each, ConflictError) for each in found) == 1
    acceptance.refresh_from_db()
    decided = next(each for each in found if isinstance(each, RiskAcceptance))
    assert (acceptance.decision, acceptance.decided_by_id) == (decided.decision, decided.decided_by_id)
    assert AuditEvent.objects.filter(object_type="riskacceptance").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_make_one_request():
    finding = builders.finding()
    one, other = builders.user("security"), builders.user("security")
    found = _at_once(lambda: ask(finding, by=one), lambda: ask(finding, by=other))
    assert sum(isinstance(each, ConflictError) for each in found) == 1
    assert RiskAcceptance.objects.pending().count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_approval_beside_the_closing_reading_leaves_nothing_accepted():
    finding = _judged_finding()
    acceptance = ask(finding)
    by = builders.user("security")
    _at_once(lambda: settle(finding.identity, {}, at=LATER), lambda: decide(acceptance, by=by))
    finding.refresh_from_db()
    acceptance.refresh_from_db()
    assert (finding.presence, finding.disposition) == ("absent", "new")
    assert acceptance.decision == "lapsed" or acceptance.end_reason == "closed"

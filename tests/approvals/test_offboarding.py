"""Vendor offboarding: everything ends as one case, readings verify it, and the letter says what nobody checked."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.models import ChangeTask, Grant, Offboarding, OffboardingPath
from approvals.rules.offboarding import CaseState, PathFacts, PathState, path_state, progress_words
from approvals.services.offboarding.offboarding import close_case, follow_cases, open_case
from inventory.models import AuditEvent, Role, Vendor
from inventory.services.refusals import ConflictError, RefusedError
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db
WHY = "The contract was cancelled."
LATER = NOW + timedelta(hours=3)
YESTERDAY = days(-1)


@pytest.fixture
def estate() -> Estate:
    return Estate()


def _live(estate, **given):
    values = {"identity": estate.identity, "account_id": PARTNER, "principal": f"arn:aws:iam::{PARTNER}:role/mailer"}
    return builders.delegation(**values | given)


def _begin(estate, *, ends_on=YESTERDAY, by=None):
    return open_case(estate.vendor.pk, ends_on=ends_on, reason=WHY, acting_user=by or estate.security, at=NOW)


def _read(delegation, *, at=LATER, is_live=False):
    """A run that reads the delegation's identity."""
    run = builders.run()
    builders.scope_run(run=run, scope=delegation.identity.scope, started_at=at - timedelta(minutes=5), state="done")
    delegation.is_live = is_live
    delegation.save()
    delegation.identity.last_read_at = at
    delegation.identity.save()
    return run


def test_now_it_revokes_withdraws_opens_the_tasks_and_ends_the_contract(estate):
    grant, live = estate.granted(), _live(estate)
    other = builders.delegation(account_id="999988887777", identity=estate.identity, policy_name="other")
    pending = estate.pending(principals=(PARTNER,), from_addresses=(), ends_on=days(90))
    case = _begin(estate)
    grant.refresh_from_db()
    pending.refresh_from_db()
    assert (case.state, grant.decision, pending.state) == (CaseState.CLOSING, "revoked", "withdrawn")
    assert Vendor.objects.get().contract_ends_on == days(-1)
    path = case.paths.get()
    assert (path.delegation, path.is_late) == (live, False)
    assert (path.task.grant, path.task.kind) == (grant, "remove")
    assert not ChangeTask.objects.filter(principals__contains=[other.principal]).exists()
    assert {"offboarding.opened", "offboarding.closing", "request.withdrawn", "grant.revoked"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )


def test_after_a_last_day_grants_are_cut_short_and_the_tasks_wait_for_it(estate):
    grant, live = estate.granted(), _live(estate)
    case = _begin(estate, ends_on=days(10))
    grant.refresh_from_db()
    assert (case.state, grant.decision) == (CaseState.OPEN, "approved")
    assert (grant.effective_ends_on, grant.ends_on) == (days(10), days(60))
    assert case.paths.get().task is None
    follow_cases(at=NOW + timedelta(days=10))
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    follow_cases(at=NOW + timedelta(days=11))
    case.refresh_from_db()
    assert case.state == CaseState.CLOSING
    assert case.paths.get(delegation=live).task is not None


def test_an_earlier_end_of_the_contract_is_kept(estate):
    Vendor.objects.update(contract_ends_on=days(2))
    _begin(estate, ends_on=days(10))
    assert Vendor.objects.get().contract_ends_on == days(2)


def test_only_a_reading_after_the_case_began_verifies_and_it_names_its_run(estate):
    live = _live(estate)
    case = _begin(estate)
    live.is_live = False
    live.save()
    follow_cases(at=LATER)
    assert case.paths.get().verified_at is None
    run = _read(live)
    follow_cases(at=LATER)
    follow_cases(at=LATER)
    path = case.paths.get()
    assert (path.verified_at, path.verified_by_run) == (LATER, run)
    assert AuditEvent.objects.filter(action="offboarding.path_verified").count() == 1


def test_what_comes_back_is_no_longer_verified(estate):
    live = _live(estate)
    case = _begin(estate)
    _read(live)
    follow_cases(at=LATER)
    _read(live, at=LATER + timedelta(hours=1), is_live=True)
    follow_cases(at=LATER + timedelta(hours=1))
    assert case.paths.get().verified_at is None
    assert AuditEvent.objects.filter(action="offboarding.path_came_back").count() == 1


def test_a_path_that_appears_later_joins_with_its_task(estate):
    _live(estate)
    case = _begin(estate)
    late = _live(estate, policy_name="again", principal=PARTNER)
    follow_cases(at=LATER)
    path = case.paths.get(delegation=late)
    assert (path.is_late, path.task.policy_name, path.task.principals) == (True, "again", [PARTNER])
    assert case.paths.count() == 2


def test_a_case_of_which_nothing_is_new_costs_one_query(estate, django_assert_num_queries):
    _live(estate)
    _begin(estate)
    with django_assert_num_queries(1):
        follow_cases(at=LATER)


def test_a_grant_that_no_reading_saw_used_is_a_path_too(estate):
    grant = estate.granted()
    case = _begin(estate)
    path = case.paths.get()
    assert (path.delegation, path.grant, path.task.grant) == (None, grant, grant)
    estate.identity.last_read_at = LATER
    estate.identity.save()
    run = builders.run()
    builders.scope_run(run=run, scope=estate.identity.scope, started_at=LATER, state="done")
    follow_cases(at=LATER)
    assert case.paths.get().verified_by_run == run


def test_it_closes_only_when_every_path_was_seen_gone_and_the_letter_is_frozen(estate):
    live = _live(estate)
    builders.delegation(identity=estate.identity, account_id="", principal="*", reach="public", policy_name="open")
    case = _begin(estate)
    with pytest.raises(RefusedError, match="1 of its paths were not seen gone"):
        close_case(case.pk, acting_user=estate.security, at=LATER)
    run = _read(live)
    denied = builders.scope(region="eu-south-2", last_outcome="denied", last_complete_at=None)
    manager = builders.user(Role.VENDOR_MANAGER)
    closed = close_case(case.pk, acting_user=manager, at=LATER)
    assert (closed.state, closed.letter_hash) == (CaseState.CLOSED, sha256(closed.letter.encode()).hexdigest())
    for words in (
        "Every path below was seen gone",
        f"role/mailer as shop.example.com (account {_grouped(estate)}, {estate.identity.scope.region}), policy partner",
        f"Verified removed by run {run.pk}",
        "SMTP users",
        "SES Mail Manager",
        "DNS",
        f"{denied.region}: denied, last complete never",
        "shop.example.com: *",
    ):
        assert words in closed.letter
    event = AuditEvent.objects.get(action="offboarding.closed")
    assert closed.letter_hash in event.data
    with pytest.raises(ConflictError, match="already"):
        close_case(case.pk, acting_user=manager, at=LATER)
    follow_cases(at=LATER + timedelta(days=1))
    assert Offboarding.objects.get().letter == closed.letter


def _grouped(estate):
    digits = estate.identity.scope.account.account_id
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def test_exceptions_are_securitys_written_and_in_the_letter(estate):
    _live(estate)
    case = _begin(estate)
    manager = builders.user(Role.VENDOR_MANAGER)
    with pytest.raises(RefusedError, match="Only security"):
        close_case(case.pk, exceptions="It is fine.", acting_user=manager, at=LATER)
    closed = close_case(case.pk, exceptions="Their account is closed.", acting_user=estate.second, at=LATER)
    assert "CLOSED WITH EXCEPTIONS" in closed.letter
    assert "Their account is closed." in closed.letter
    assert "NOT seen gone (1 of 1)" in closed.letter


@pytest.mark.parametrize(
    ("reach", "policy_name", "number"),
    [("undetermined", "partner", 0), ("undetermined", "other", 0), ("public", "partner", 0), ("public", "other", 1)],
)
def test_a_path_is_not_gone_while_its_policy_lets_in_anyone_or_cannot_be_understood(estate, reach, policy_name, number):
    live = _live(estate)
    case = _begin(estate)
    builders.delegation(identity=estate.identity, account_id="", principal="*", reach=reach, policy_name=policy_name)
    _read(live)
    follow_cases(at=LATER)
    assert case.paths.filter(verified_at__isnull=False).count() == number


def test_nobody_writes_lines_of_their_own_into_the_letter(estate):
    live = _live(estate)
    forged = "It is over.\n\nNOT checked\n- Nothing."
    case = open_case(estate.vendor.pk, ends_on=YESTERDAY, reason=forged, acting_user=estate.security, at=NOW)
    closed = close_case(case.pk, exceptions=forged, acting_user=estate.second, at=LATER)
    assert live.principal in closed.letter
    assert closed.letter.splitlines().count("NOT checked") == 1
    assert "- Nothing." not in closed.letter.splitlines()


def test_where_no_account_is_registered_nobody_could_look(estate):
    nobody = builders.vendor(name="Postlane")
    case = open_case(nobody.pk, ends_on=YESTERDAY, reason=WHY, acting_user=estate.security, at=NOW)
    with pytest.raises(RefusedError, match="nobody could look"):
        close_case(case.pk, acting_user=estate.security, at=LATER)
    closed = close_case(case.pk, exceptions="They never sent.", acting_user=estate.security, at=LATER)
    assert "seen gone by a reading" not in closed.letter
    assert "None is registered" in closed.letter


def test_before_the_last_day_it_is_not_closed(estate):
    case = _begin(estate, ends_on=days(3))
    with pytest.raises(RefusedError, match="may send until"):
        close_case(case.pk, acting_user=estate.security, at=NOW)


@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER, Role.ADMIN, Role.AUDITOR])
def test_others_offboard_nobody(estate, role):
    with pytest.raises(RefusedError, match="Only security and vendor managers"):
        _begin(estate, by=builders.user(role))
    assert not Offboarding.objects.exists()


def test_bad_input_is_refused_and_one_case_is_enough(estate):
    with pytest.raises(RefusedError, match="is past"):
        _begin(estate, ends_on=days(-2))
    _begin(estate)
    with pytest.raises(ConflictError, match="already"):
        _begin(estate)
    with pytest.raises(IntegrityError, match="offboarding_one_at_a_time"), transaction.atomic():
        Offboarding.objects.create(
            vendor=estate.vendor, reason=WHY, ends_on=days(0), opened_by=estate.owner, opened_at=NOW
        )


def test_the_database_refuses_a_verification_without_a_run(estate):
    _live(estate)
    _begin(estate)
    with pytest.raises(IntegrityError, match="offboarding_verified_by_a_run"), transaction.atomic():
        OffboardingPath.objects.update(verified_at=NOW)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"is_verified": True, "is_refused": True}, PathState.VERIFIED),
        ({"is_refused": True, "is_said": True}, PathState.UNSEEN),
        ({"read_at": NOW - timedelta(hours=49)}, PathState.UNSEEN),
        ({"is_said": True}, PathState.SAID),
        ({}, PathState.TO_REMOVE),
        ({"has_task": False}, PathState.PLANNED),
    ],
)
def test_could_not_look_goes_before_what_anybody_says(given, expected):
    usual = {"is_verified": False, "is_said": False, "has_task": True, "read_at": NOW, "is_refused": False}
    assert path_state(PathFacts(**usual | given), NOW) is expected


def test_progress_is_said_in_words():
    tuesday = NOW + timedelta(days=1)
    paths = [(PathState.VERIFIED, NOW)] * 7 + [(PathState.UNSEEN, tuesday), (PathState.TO_REMOVE, NOW)]
    assert progress_words(paths) == "7 of 9 verified gone, 1 not looked at since Tuesday 3 November, 1 to be removed"
    assert progress_words([]) == "No path was found"


def test_the_vendor_page_leads_to_it_and_the_case_to_its_letter(estate):
    grant, live = estate.granted(), _live(estate)
    client = client_for(estate.security)
    start = reverse("approvals:offboarding_start", args=[estate.vendor.pk])
    vendor_page = reverse("inventory:vendor_detail", args=[estate.vendor.pk])
    assert start in text_of(client, vendor_page)
    assert start not in text_of(client_of(Role.AUDITOR), vendor_page)
    before = text_of(client, start)
    assert live.principal in before
    assert f"Grant {grant.pk}" in before
    assert client.post(start, {"when": "later", "reason": WHY}).status_code == 422
    assert client.post(start, {"when": "now", "reason": WHY}).status_code == 302
    case = Offboarding.objects.get()
    assert client.post(start, {"when": "now", "reason": WHY}).status_code == 409
    page = reverse("approvals:offboarding_detail", args=[case.pk])
    assert "0 of 1 verified gone" in text_of(client_of(Role.AUDITOR), page)
    assert "Brightmail" in text_of(client, reverse("approvals:offboarding_list"))
    for form in ("", "_xlsx", "_json"):
        assert client.get(reverse(f"approvals:offboarding_export{form}")).getvalue()
    close = reverse("approvals:offboarding_close", args=[case.pk])
    letter = reverse("approvals:offboarding_letter_text", args=[case.pk])
    assert client_of(Role.VIEWER).post(close).status_code == 403
    assert client.post(close).status_code == 422
    assert client.get(letter).status_code == 404
    assert client.post(close, {"exceptions": "Their account is closed."}).status_code == 302
    text = client_of(Role.AUDITOR).get(letter).content
    assert sha256(text).hexdigest() == Offboarding.objects.get().letter_hash
    assert "CLOSED WITH EXCEPTIONS" in text_of(client, reverse("approvals:offboarding_letter", args=[case.pk]))
    assert Grant.objects.get().decision == "revoked"


def test_the_list_and_a_case_take_a_fixed_number_of_queries(estate, django_assert_max_num_queries):
    _live(estate)
    case = _begin(estate)
    client = client_of(Role.AUDITOR)
    with django_assert_max_num_queries(30):
        text_of(client, reverse("approvals:offboarding_detail", args=[case.pk]))
    for number in range(12):
        _live(estate, policy_name=f"p{number}")
    follow_cases(at=LATER)
    with django_assert_max_num_queries(30):
        text_of(client, reverse("approvals:offboarding_detail", args=[case.pk]))
    with django_assert_max_num_queries(15):
        text_of(client, reverse("approvals:offboarding_list"))

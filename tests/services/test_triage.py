"""Triage: how far the work on findings is, whose it is, and what is said about them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError

from inventory.models import AuditEvent, Finding, FindingComment
from inventory.services.findings.finding_comments import add_comment
from inventory.services.findings.triage import MOST_AT_ONCE, Triaged, assign, set_disposition
from inventory.services.refusals import RefusedError
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def _keys(findings: list[Finding]) -> set[int]:
    return {each.pk for each in findings}


def _set(*findings: Finding, to: str = "triaged", by=None) -> Triaged:
    by = by or builders.user("security")
    return set_disposition([each.pk for each in findings], to, acting_user=by, at=NOW)


def test_each_changed_finding_has_a_row_in_the_trail():
    one, other = builders.finding(), builders.finding()
    by = builders.user("security")
    assert _keys(_set(one, other, by=by).changed) == {one.pk, other.pk}
    assert set(Finding.objects.values_list("disposition", flat=True)) == {"triaged"}
    rows = AuditEvent.objects.filter(action="finding.triaged", actor=by)
    assert {row.object_id for row in rows} == {str(one.pk), str(other.pk)}
    assert {row.data for row in rows} == {'{"after":"triaged","before":"new"}'}


def test_what_stands_so_already_is_left_alone():
    finding = builders.finding(disposition="triaged")
    assert _keys(_set(finding).unchanged) == {finding.pk}
    assert not AuditEvent.objects.filter(action="finding.triaged").exists()


def test_refused_ones_are_named_and_the_rest_goes_on():
    gone = builders.finding(presence="absent")
    accepted = builders.finding(disposition="risk_accepted", disposition_until=TODAY)
    good = builders.finding()
    done = _set(gone, accepted, good)
    assert _keys(done.changed) == {good.pk}
    reasons = {finding.pk: reason for finding, reason in done.refused}
    assert "no longer there" in reasons[gone.pk]
    assert "end the acceptance first" in reasons[accepted.pk]
    accepted.refresh_from_db()
    assert accepted.disposition == "risk_accepted"


def test_an_acceptance_whose_day_is_over_is_no_obstacle():
    finding = builders.finding(disposition="risk_accepted", disposition_until=TODAY - timedelta(days=1))
    _set(finding)
    finding.refresh_from_db()
    assert (finding.disposition, finding.disposition_until) == ("triaged", None)


@pytest.mark.parametrize("disposition", ["risk_accepted", "false_positive", "fixed", ""])
def test_nobody_accepts_or_fixes_by_triage(disposition):
    finding = builders.finding()
    with pytest.raises(RefusedError):
        _set(finding, to=disposition)
    finding.refresh_from_db()
    assert finding.disposition == "new"


@pytest.mark.parametrize("role", ["viewer", "auditor", "vendor_manager", "admin"])
def test_who_only_reads_changes_nothing(role):
    finding = builders.finding()
    with pytest.raises(PermissionDenied):
        _set(finding, by=builders.user(role))
    with pytest.raises(PermissionDenied):
        add_comment(finding, "May I?", acting_user=builders.user(role), at=NOW)


def test_an_owner_acts_on_their_own_and_does_not_learn_of_others():
    team = builders.team()
    own = builders.finding(identity=builders.identity(owner_team=team))
    foreign = builders.finding()
    done = _set(own, foreign, by=builders.user("owner", teams=[team]))
    assert _keys(done.changed) == {own.pk}
    assert done.refused == []


def test_an_owner_who_may_read_all_still_acts_on_their_own_only():
    team = builders.team()
    own = builders.finding(identity=builders.identity(owner_team=team))
    foreign = builders.finding()
    done = _set(own, foreign, by=builders.user("owner", "viewer", teams=[team]))
    assert _keys(done.changed) == {own.pk}
    assert "Only its owner and security" in done.refused[0][1]


def test_work_is_handed_to_people_who_may_do_it():
    team = builders.team()
    own = builders.finding(identity=builders.identity(owner_team=team))
    foreign = builders.finding()
    owner = builders.user("owner", teams=[team])
    by = builders.user("security")
    done = assign([own.pk, foreign.pk], owner, acting_user=by, at=NOW)
    assert (_keys(done.changed), [each.pk for each, _ in done.refused]) == ({own.pk}, [foreign.pk])
    assert assign([own.pk], None, acting_user=by, at=NOW).changed[0].assignee is None
    left = builders.user("security", is_active=False)
    assert assign([own.pk], left, acting_user=by, at=NOW).changed == []


def test_too_many_at_once_are_refused():
    with pytest.raises(RefusedError, match="at most"):
        set_disposition(range(MOST_AT_ONCE + 1), "triaged", acting_user=builders.user("security"), at=NOW)


def test_many_take_as_few_statements_as_one(django_assert_max_num_queries):
    findings = [builders.finding() for _ in range(30)]
    with django_assert_max_num_queries(9):
        assert len(_set(*findings).changed) == 30


@pytest.mark.parametrize("text", ["", "  \n ", "a" * 4001, "bell\x07"])
def test_a_comment_that_says_nothing_or_too_much_is_refused(text):
    with pytest.raises(RefusedError):
        add_comment(builders.finding(), text, acting_user=builders.user("security"), at=NOW)
    assert not FindingComment.objects.exists()


def test_a_comment_stays_as_it_was_written():
    comment = add_comment(builders.finding(), "One\r\nTwo", acting_user=builders.user("security"), at=NOW)
    assert comment.text == "One\nTwo"
    with pytest.raises(DatabaseError), transaction.atomic():
        FindingComment.objects.update(text="Other")
    with pytest.raises(DatabaseError), transaction.atomic():
        FindingComment.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_finding_that_is_being_written_is_named_and_waited_for_by_nobody():
    held, free = builders.finding(), builders.finding()
    by = builders.user("security")

    def triage() -> Triaged:
        try:
            return _set(held, free, by=by)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        Finding.objects.select_for_update().get(pk=held.pk)
        done = threads.submit(triage).result(timeout=20)
    assert _keys(done.changed) == {free.pk}
    assert "choose it again" in done.refused[0][1]

"""What readings and decisions say together of an identity: observations of grants, and findings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Grant
from approvals.rules.states import Observation
from approvals.services.emergencies.suspensions import reinstate, suspend
from approvals.services.grants.grants import revoke, will_not_renew
from approvals.services.matching.matching import match_all, match_due, match_identity, pairings_of
from approvals.services.matching.matching_due import is_matching_due
from inventory.models import Finding, FindingEpisode, Outcome
from inventory.policy.grants.minimal import minimal_policy
from inventory.services.judging.reevaluation import reevaluate
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.builders import NOW

pytestmark = pytest.mark.django_db
ROLE = f"arn:aws:iam::{PARTNER}:role/mailer"
A_DAY = timedelta(days=1)


class Matched(Estate):
    """The identity with a policy that can change, read again and matched on days to come."""

    def write(self, **given):
        """What AWS holds from now on, as a reading at ``at`` judges it: no policy without a principal."""
        at = given.pop("at", NOW)
        principal = given.pop("principal", {"AWS": ROLE})
        self.identity.policies.filter(gone_at=None).update(gone_at=at)
        self._end_versions(at)
        if principal is not None:
            condition = {"StringEquals": {"ses:FromAddress": f"news@{self.identity.name}"}}
            statement = builders.allow(principal, self.identity.arn, **{"Condition": condition} | given)
            builders.policy(text=builders.document(statement), identity=self.identity, from_at=at)
            self.identity.policies.filter(name="partner").update(gone_at=None)
        self.read(at, is_judged=True)

    def _end_versions(self, at):
        for policy in self.identity.policies.all():
            policy.versions.filter(to_at=None).update(to_at=at)

    def read(self, at, *, is_judged=False):
        """A reading in which nothing changed, unless it was judged."""
        self.identity.refresh_from_db()
        self.identity.last_read_at = at
        self.identity.is_matching_due = self.identity.is_matching_due or is_judged
        self.identity.delegate_count = 1
        self.identity.save()
        scope = self.identity.scope
        scope.last_outcome, scope.last_complete_at = Outcome.COMPLETE, at
        scope.save()
        run = builders.run(created_at=at)
        listed = builders.scope_run(run=run, scope=scope, state="done", outcome="complete", finished_at=at)
        listed.listed.create(name=self.identity.name, state="read")
        return run

    def refuse(self, at):
        """A look at the place that was denied."""
        scope = self.identity.scope
        scope.last_outcome = Outcome.DENIED
        scope.save()
        run = builders.run(created_at=at, outcome=Outcome.DENIED)
        builders.scope_run(run=run, scope=scope, state="done", outcome="denied", finished_at=at)

    def findings(self):
        return dict(Finding.objects.open().order_by("pk").values_list("rule_id", "severity"))


@pytest.fixture
def estate():
    return Matched()


def observed(grant):
    return Observation(Grant.objects.get(pk=grant.pk).observation)


def reasons(rule_id):
    episodes = FindingEpisode.objects.filter(finding__rule_id=rule_id).order_by("opened_at")
    return list(episodes.values_list("reason", flat=True))


def test_what_nobody_approved_is_found_until_a_grant_covers_it(estate):
    estate.write()
    assert match_due(at=NOW) == 1
    assert estate.findings() == {"unapproved-delegation": "high"}
    grant = estate.granted()
    match_due(at=NOW)
    assert (observed(grant), estate.findings()) == (Observation.MATCH, {})
    assert reasons("unapproved-delegation") == ["approved"]


def test_matching_again_changes_nothing(estate):
    estate.write(Action="ses:*")
    estate.granted()
    match_due(at=NOW)
    before = [list(model.objects.order_by("pk").values()) for model in (Grant, Finding, FindingEpisode)]
    assert match_due(at=NOW + timedelta(hours=1)) == 0
    match_identity(estate.identity.pk, at=NOW + timedelta(hours=1))
    assert [list(model.objects.order_by("pk").values()) for model in (Grant, Finding, FindingEpisode)] == before


def test_a_statement_without_an_end_matches_and_says_that_aws_does_not_end_it(estate):
    estate.write()
    grant = estate.granted()
    (*_, pairing) = pairings_of(estate.identity, at=NOW)
    assert (pairing.grant_id, [reason.axis for reason in pairing.reasons]) == (grant.pk, ["end"])


def test_each_difference_is_named(estate):
    estate.write(Action=["ses:SendEmail", "ses:SendBulkEmail"], Condition={})
    grant = estate.granted()
    match_due(at=NOW)
    assert observed(grant) is Observation.WIDER
    finding = Finding.objects.get(rule_id="scope-exceeded")
    assert finding.subject == PARTNER
    for words in (f"grant {grant.pk}", "SendBulkEmail", "any address"):
        assert words in finding.evidence["text"]
    estate.write(at=NOW + A_DAY)
    match_due(at=NOW + A_DAY)
    assert (observed(grant), estate.findings()) == (Observation.MATCH, {})
    assert reasons("scope-exceeded") == ["fixed"]


def test_what_outlives_its_grant_is_found_and_becomes_critical_after_three_days(estate):
    estate.write()
    grant = estate.granted(ends_on=days(5))
    match_due(at=NOW)
    over = NOW + 6 * A_DAY
    estate.read(over - timedelta(hours=2))
    assert match_due(at=over) == 1
    assert (observed(grant), estate.findings()) == (Observation.STILL_PRESENT, {"grant-not-removed": "high"})
    estate.read(over + 2 * A_DAY)
    assert match_due(at=over + 2 * A_DAY) == 0
    estate.read(over + 3 * A_DAY)
    match_due(at=over + 3 * A_DAY)
    assert estate.findings() == {"grant-not-removed": "critical"}


def test_a_removal_is_verified_by_the_reading_that_no_longer_finds_it(estate):
    estate.write()
    grant = estate.granted()
    match_due(at=NOW)
    revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW + A_DAY)
    match_due(at=NOW + A_DAY)
    assert observed(grant) is Observation.STILL_PRESENT
    estate.write(at=NOW + 2 * A_DAY, principal=None)
    match_due(at=NOW + 2 * A_DAY)
    grant.refresh_from_db()
    assert grant.observation == Observation.REMOVED
    assert grant.observed_by_run.created_at == NOW + 2 * A_DAY
    assert reasons("grant-not-removed") == ["fixed"]
    assert estate.findings() == {}


def test_what_comes_back_after_its_removal_is_found_again(estate):
    estate.write()
    grant = estate.granted()
    match_due(at=NOW)
    revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW)
    match_due(at=NOW + timedelta(minutes=1))
    estate.write(at=NOW + A_DAY, principal=None)
    match_due(at=NOW + A_DAY)
    estate.write(at=NOW + 2 * A_DAY)
    match_due(at=NOW + 2 * A_DAY)
    assert observed(grant) is Observation.STILL_PRESENT
    assert reasons("grant-not-removed") == ["fixed", ""]
    shown = grant.observations.order_by("from_at").values_list("observation", flat=True)
    assert list(shown) == ["match", "still_present", "removed", "still_present"]


def test_access_that_ends_by_itself_is_removed_by_a_reading_after_its_end_alone(estate):
    grant = estate.granted(ends_on=days(2))
    text = minimal_policy(grant.grant_terms)["Statement"][0]["Condition"]
    estate.write(Condition=text, principal={"AWS": ROLE})
    match_due(at=NOW)
    assert observed(grant) is Observation.MATCH
    over = NOW + 3 * A_DAY
    estate.read(NOW + 2 * A_DAY)
    match_due(at=over)
    assert (observed(grant), estate.findings()) == (Observation.MATCH, {})
    estate.read(over)
    assert match_due(at=over) == 1
    assert observed(grant) is Observation.REMOVED


def test_a_place_that_cannot_be_read_resolves_nothing(estate):
    estate.write()
    ended = estate.granted(ends_on=days(1))
    match_due(at=NOW)
    match_due(at=NOW + 2 * A_DAY - timedelta(hours=1))
    estate.refuse(NOW + 2 * A_DAY)
    match_due(at=NOW + 2 * A_DAY)
    assert observed(ended) is Observation.UNKNOWN
    assert estate.findings() == {"grant-not-removed": "high"}
    assert Finding.objects.get().presence == Finding.Presence.STALE
    assert match_due(at=NOW + 2 * A_DAY) == 0
    estate.read(NOW + 4 * A_DAY)
    match_due(at=NOW + 4 * A_DAY)
    assert observed(ended) is Observation.STILL_PRESENT
    assert Finding.objects.get().presence == Finding.Presence.PRESENT


def test_a_policy_that_ran_out_unseen_is_not_called_gone(estate):
    estate.write(Condition={"DateLessThan": {"aws:CurrentTime": (NOW + A_DAY).strftime("%Y-%m-%dT%H:%M:%SZ")}})
    match_due(at=NOW)
    estate.refuse(NOW + 2 * A_DAY)
    match_identity(estate.identity.pk, at=NOW + 2 * A_DAY)
    assert estate.findings() == {"unapproved-delegation": "high"}
    estate.read(NOW + 3 * A_DAY, is_judged=True)
    match_due(at=NOW + 3 * A_DAY)
    assert (estate.findings(), reasons("unapproved-delegation")) == ({}, ["fixed"])


def test_after_two_days_without_a_reading_nobody_knows(estate):
    estate.write()
    grant = estate.granted()
    match_due(at=NOW)
    assert match_due(at=NOW + timedelta(hours=47)) == 0
    match_due(at=NOW + timedelta(hours=49))
    assert observed(grant) is Observation.UNKNOWN
    estate.read(NOW + 3 * A_DAY)
    match_due(at=NOW + 3 * A_DAY)
    assert observed(grant) is Observation.MATCH


def test_an_identity_that_is_gone_takes_everything_with_it(estate):
    estate.write()
    grant = estate.granted(ends_on=days(1))
    match_due(at=NOW + 2 * A_DAY - timedelta(hours=1))
    estate.write(at=NOW + 3 * A_DAY, principal=None)
    type(estate.identity).objects.filter(pk=estate.identity.pk).update(gone_at=NOW + 3 * A_DAY, is_matching_due=True)
    match_due(at=NOW + 3 * A_DAY)
    assert (observed(grant), estate.findings()) == (Observation.REMOVED, {})
    assert reasons("grant-not-removed") == ["identity_deleted"]


def test_a_suspended_grant_whose_access_is_live_is_still_present(estate):
    estate.write()
    grant = estate.granted()
    match_due(at=NOW)
    suspend(grant.pk, reason="Odd mails.", acting_user=estate.security, at=NOW)
    match_due(at=NOW + timedelta(minutes=1))
    assert (observed(grant), estate.findings()) == (Observation.STILL_PRESENT, {"grant-not-removed": "high"})
    reinstate(grant.pk, reason="All good.", acting_user=estate.second, at=NOW + timedelta(hours=1))
    match_due(at=NOW + timedelta(hours=1))
    assert (observed(grant), estate.findings()) == (Observation.MATCH, {})
    assert reasons("grant-not-removed") == ["approved"]


def test_of_two_overlapping_grants_the_end_of_one_leaves_the_other(estate):
    estate.write()
    first = estate.granted(ends_on=days(5))
    second = estate.granted(recipients=("*@example.com",), ends_on=days(5))
    third = estate.granted(actions=("ses:SendEmail", "ses:SendRawEmail"), ends_on=days(60))
    match_due(at=NOW)
    assert [observed(each) for each in (first, second, third)] == [Observation.MATCH] * 3
    over = NOW + 6 * A_DAY
    estate.read(over)
    match_due(at=over)
    assert (observed(first), observed(third), estate.findings()) == (Observation.MATCH, Observation.MATCH, {})


def test_a_policy_that_cannot_be_understood_proves_no_removal(estate):
    estate.write()
    grant = estate.granted()
    match_due(at=NOW)
    revoke(grant.pk, reason="Over.", acting_user=estate.security, at=NOW)
    estate.write(at=NOW + A_DAY, principal=None)
    builders.policy(text="{", identity=estate.identity, name="broken", from_at=NOW + A_DAY)
    match_due(at=NOW + A_DAY)
    assert observed(grant) is Observation.UNKNOWN
    assert estate.findings()["unapproved-delegation"] == "critical"


def test_anyone_is_critical(estate):
    estate.write(principal="*")
    match_due(at=NOW)
    assert estate.findings() == {"unapproved-delegation": "critical"}
    assert Finding.objects.get().subject == "*"


def test_a_renewal_that_nobody_cares_for_is_overdue_for_the_last_fourteen_days(estate):
    estate.write()
    grant = estate.granted(ends_on=days(40))
    match_due(at=NOW)
    match_due(at=NOW + 25 * A_DAY)
    assert "renewal-overdue" not in estate.findings()
    match_due(at=NOW + 26 * A_DAY)
    assert estate.findings()["renewal-overdue"] == "high"
    assert match_due(at=NOW + 26 * A_DAY) == 0
    estate.pending(kind="renew", predecessor=grant, at=NOW + 27 * A_DAY, ends_on=days(90))
    match_due(at=NOW + 27 * A_DAY)
    assert "renewal-overdue" not in estate.findings()
    assert Grant.objects.get(pk=grant.pk).is_renewal_overdue is False


def test_who_says_that_it_ends_is_not_reminded(estate):
    grant = estate.granted(ends_on=days(40))
    will_not_renew(grant.pk, acting_user=estate.owner, at=NOW)
    match_due(at=NOW + 30 * A_DAY)
    assert estate.findings() == {}


def test_the_inventorys_own_judgement_leaves_them_open(estate):
    estate.write()
    match_due(at=NOW)
    reevaluate(at=NOW + timedelta(hours=1))
    assert "unapproved-delegation" in estate.findings()
    assert match_due(at=NOW + timedelta(hours=1)) == 1
    assert reasons("unapproved-delegation") == [""]


def test_twenty_identities_that_let_nobody_in_cost_no_more_than_one(estate):
    match_all(at=NOW)
    for _ in range(20):
        builders.identity(scope=estate.identity.scope)
    with CaptureQueriesContext(connection) as queries:
        assert match_due(at=NOW) == 0
    assert len(queries) < 10
    assert not type(estate.identity).objects.filter(is_matching_due=True).exists()


def test_where_nothing_is_due_one_question_is_asked(estate):
    estate.write()
    estate.granted()
    match_all(at=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert not is_matching_due(at=NOW)
    assert len(queries) == 1


def test_what_the_first_look_found_is_its_baseline_and_later_finds_are_not(estate):
    estate.write()
    match_due(at=NOW)
    estate.write(at=NOW + A_DAY, principal="*")
    match_due(at=NOW + A_DAY)
    assert dict(FindingEpisode.objects.values_list("finding__subject", "is_baseline")) == {PARTNER: True, "*": False}

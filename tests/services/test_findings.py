"""Findings open, close and open again; each closure says why, and nothing happens twice."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Account, AuditEvent, Finding, FindingEpisode, Identity, LastJudgement
from inventory.policy.rules import judging
from inventory.services.findings import findings as service
from inventory.services.findings.finding_rows import finding_key
from inventory.services.findings.findings import FindingCounts, close_for_deleted, mark_stale
from tests import builders
from tests.services.findings_world import LATER, STRANGER, open_rules, place, role, sends, settle

NOW = builders.NOW
Reason = FindingEpisode.Reason

pytestmark = pytest.mark.django_db


def the(rule_id: str) -> Finding:
    return Finding.objects.get(rule_id=rule_id)


def last_reason(rule_id: str) -> str:
    episode = the(rule_id).episodes.order_by("opened_at").last()
    assert episode is not None
    return episode.reason


def test_an_unknown_sender_opens_one_finding_with_its_episode_and_one_audit_row():
    identity, run = place(), builders.run()
    counts = settle(identity, {"partner": sends(identity, role())}, run=run, is_baseline=True)
    assert counts == FindingCounts(opened=2)
    finding = the("unknown-account-send")
    assert (finding.policy_name, finding.subject, finding.severity) == ("partner", STRANGER, "high")
    assert (finding.presence, finding.first_opened_at, finding.last_seen_at) == ("present", NOW, NOW)
    assert finding.evidence["statement"] == 0
    assert finding.evidence["path"] == ["Statement", 0, "Principal"]
    assert "4182-7395-0164" in finding.evidence["text"]
    episode = finding.episodes.get()
    assert (episode.opened_at, episode.closed_at, episode.is_baseline, episode.opened_by_run) == (NOW, None, True, run)
    event = AuditEvent.objects.get(action="findings.changed")
    assert event.object_id == str(identity.pk)
    data = json.loads(event.data)
    assert {entry["rule"] for entry in data["opened"]} == {"unknown-account-send", "no-network-restriction"}
    assert Identity.objects.get().open_finding_count == Finding.objects.counted().count() > 0
    assert data["run"] == run.pk


def test_the_key_tells_every_part_apart():
    identity = place()
    parts = ("unknown-account-send", "partner", STRANGER)
    keys = {finding_key(identity, *parts)}
    for index, other in enumerate(("public-send", "other", "529481630275")):
        keys.add(finding_key(identity, *(other if index == position else part for position, part in enumerate(parts))))
    keys.add(finding_key(place(region="us-east-1", account=identity.scope.account), *parts))
    keys.add(finding_key(place(), *parts))
    keys.add(finding_key(place(name="other.example.com"), *parts))
    assert len(keys) == 7


def test_the_same_again_changes_nothing_but_the_time_it_was_seen():
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    events = AuditEvent.objects.count()
    assert settle(identity, at=LATER, run=builders.run()) == FindingCounts()
    finding = the("unknown-account-send")
    assert (finding.first_opened_at, finding.last_seen_at) == (NOW, LATER)
    assert FindingEpisode.objects.count() == 2
    assert AuditEvent.objects.count() == events


def test_a_policy_taken_away_is_fixed_and_one_put_back_opens_again():
    identity = place()
    policies = {"partner": sends(identity, role())}
    settle(identity, policies)
    assert settle(identity, {}, at=LATER) == FindingCounts(resolved=2)
    assert last_reason("unknown-account-send") == Reason.FIXED
    assert the("unknown-account-send").presence == "absent"
    again = LATER + timedelta(days=1)
    assert settle(identity, policies, at=again) == FindingCounts(reopened=2)
    finding = the("unknown-account-send")
    first, second = finding.episodes.order_by("opened_at")
    assert (first.opened_at, first.closed_at, first.reason) == (NOW, LATER, "fixed")
    assert (second.opened_at, second.closed_at) == (again, None)
    assert (finding.presence, finding.first_opened_at) == ("present", NOW)


def test_a_finding_that_comes_back_is_new_and_still_belongs_to_somebody():
    identity = place()
    policies = {"partner": sends(identity, role())}
    settle(identity, policies)
    Finding.objects.update(disposition="triaged", assignee=builders.user("security"))
    settle(identity, {}, at=LATER)
    settle(identity, policies, at=LATER)
    assert the("unknown-account-send").disposition == "new"
    assert the("unknown-account-send").assignee is not None


def test_a_finding_that_stays_keeps_what_people_said_of_it():
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    Finding.objects.update(disposition="triaged")
    settle(identity, {"partner": sends(identity, role()) + "\n"}, at=LATER)
    assert the("unknown-account-send").disposition == "triaged"


def test_an_account_entered_in_the_registry_reclassifies():
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    builders.account(account_id=STRANGER, relationship="partner")
    settle(identity, at=LATER)
    assert last_reason("unknown-account-send") == Reason.RECLASSIFIED


def test_a_contract_that_ends_turns_a_partner_into_a_former_one():
    identity = place()
    vendor = builders.vendor(contract_ends_on=NOW.date() + timedelta(days=5))
    builders.account(account_id=STRANGER, relationship="partner", vendor=vendor)
    settle(identity, {"partner": sends(identity, role())})
    assert open_rules(identity) == set()
    settle(identity, at=LATER)
    assert open_rules(identity) == {"former-delegate-send"}


def test_a_new_engine_changes_the_rule_not_the_world(monkeypatch):
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    quiet = [rule for rule in judging._RULES if rule.__name__ != "named_senders"]
    monkeypatch.setattr(judging, "_RULES", quiet)
    monkeypatch.setattr(service, "ENGINE_VERSION", "next")
    settle(identity, at=LATER)
    assert last_reason("unknown-account-send") == Reason.RULE_CHANGED
    assert LastJudgement.objects.get(identity=identity).engine_version == "next"


def test_an_access_that_aws_ended_by_date_is_fixed():
    identity = place()
    until = {"DateLessThan": {"aws:CurrentTime": "2026-11-05T00:00:00Z"}}
    settle(identity, {"partner": sends(identity, role(), conditions=until)})
    assert "unknown-account-send" in open_rules(identity)
    settle(identity, at=LATER)
    assert last_reason("unknown-account-send") == Reason.FIXED


def test_what_falls_silent_beside_an_open_door_is_not_fixed():
    identity = place()
    builders.account(account_id=STRANGER, relationship="partner")
    whole = sends(identity, {"AWS": STRANGER})
    settle(identity, {"partner": whole})
    assert open_rules(identity) == {"whole-account-delegate"}
    settle(identity, {"partner": whole, "open": sends(identity, "*")}, at=LATER)
    assert "whole-account-delegate" not in open_rules(identity)
    assert last_reason("whole-account-delegate") == Reason.RECLASSIFIED


def test_severity_follows_the_environment_and_is_audited():
    identity = place()
    builders.account(account_id=STRANGER, relationship="partner")
    settle(identity, {"partner": sends(identity, {"AWS": STRANGER})})
    assert the("whole-account-delegate").severity == "medium"
    identity.environment = Account.Environment.PRODUCTION
    identity.save()
    assert settle(identity, at=LATER) == FindingCounts()
    finding = the("whole-account-delegate")
    assert (finding.severity, finding.severity_rank) == ("high", 1)
    data = json.loads(AuditEvent.objects.filter(action="findings.changed").latest("pk").data)
    assert [(entry["rule"], entry["before"]) for entry in data["severity"]] == [("whole-account-delegate", "medium")]


def test_the_sentence_follows_the_name_without_an_audit_row():
    identity = place()
    account = builders.account(account_id=STRANGER, relationship="former", name="Old sender")
    settle(identity, {"partner": sends(identity, role())})
    Account.objects.filter(pk=account.pk).update(name="Lettercraft")
    events = AuditEvent.objects.count()
    settle(identity, at=LATER)
    assert "Lettercraft" in the("former-delegate-send").evidence["text"]
    assert AuditEvent.objects.count() == events


def test_two_statements_on_one_subject_are_one_finding_with_two_places():
    identity = place()
    statement = builders.allow(role(), identity.arn)
    settle(identity, {"partner": builders.document(statement, statement | {"Action": "ses:SendRawEmail"})})
    evidence = the("unknown-account-send").evidence
    assert evidence["statement"] == 0
    assert [each["statement"] for each in evidence["places"]] == [1]


def test_what_could_not_be_read_is_stale_not_gone():
    identity, other = place(), place(name="other.example.com")
    for each in (identity, other):
        settle(each, {"partner": sends(each, role())})
    assert mark_stale(Identity.objects.filter(pk=identity.pk)) == 2
    assert set(identity.findings.values_list("presence", flat=True)) == {"stale"}
    assert set(other.findings.values_list("presence", flat=True)) == {"present"}
    assert Finding.objects.open().count() == 4
    assert not FindingEpisode.objects.exclude(closed_at=None).exists()
    assert settle(identity, at=LATER) == FindingCounts()
    assert set(identity.findings.values_list("presence", flat=True)) == {"stale"}
    assert settle(identity, at=LATER, run=builders.run()) == FindingCounts()
    assert set(identity.findings.values_list("presence", flat=True)) == {"present"}


def test_what_is_gone_does_not_become_stale():
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    settle(identity, {}, at=LATER)
    assert mark_stale(Identity.objects.all()) == 0


def test_a_deleted_identity_takes_its_findings_with_it_once():
    identity = place()
    settle(identity, {"partner": sends(identity, role())})
    run = builders.run()
    identity.gone_at = LATER
    identity.save()
    assert close_for_deleted(identity, at=LATER, run=run) == FindingCounts(resolved=2)
    assert last_reason("unknown-account-send") == Reason.IDENTITY_DELETED
    assert the("unknown-account-send").episodes.get().closed_by_run == run
    assert close_for_deleted(identity, at=LATER, run=run) == FindingCounts()
    assert not LastJudgement.objects.exists()


def test_an_identity_that_returns_opens_its_findings_again():
    identity = place()
    policies = {"partner": sends(identity, role())}
    settle(identity, policies)
    close_for_deleted(identity, at=LATER, run=None)
    assert settle(identity, policies, at=LATER) == FindingCounts(reopened=2)


def test_hints_are_in_no_count():
    identity = place()
    builders.account(account_id=STRANGER, relationship="partner")
    settle(identity, {"partner": sends(identity, role())})
    assert the("no-network-restriction").severity == "info"
    assert not Finding.objects.open().counted().exists()


def test_a_finding_says_how_to_mend_it():
    identity = place()
    settle(identity, {"partner": sends(identity, {"AWS": STRANGER})})
    finding = the("whole-account-delegate")
    assert finding.rule.title == "A whole account can send where a role would do"
    assert f"arn:aws:iam::{STRANGER}:role/SENDER_ROLE" in finding.fix.cli
    assert "--policy-name partner" in finding.fix.cli


def queries(*args, **fields) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        settle(*args, **fields)
    return len(captured)


def test_statements_do_not_grow_with_the_number_of_findings():
    few, many = place(name="few.example.com"), place(name="many.example.com")
    one, hundred = (
        [{"AWS": f"{account:012d}"} for account in range(730518200000, 730518200000 + count)] for count in (1, 40)
    )
    documents = {
        identity.pk: {"p": builders.document(*(builders.allow(each, identity.arn) for each in principals))}
        for identity, principals in ((few, one), (many, hundred))
    }
    first = {}
    for identity in (few, many):
        for name, text in documents[identity.pk].items():
            builders.policy(text=text, identity=identity, name=name)
        first[identity.pk] = queries(identity)
    assert first[few.pk] == first[many.pk]
    assert Finding.objects.filter(identity=many).count() > 100
    assert queries(few, at=LATER) == queries(many, at=LATER)

"""Cases: the findings of one delegate on one identity together, the one whose ending removes most first."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inventory.models import Finding, Identity
from inventory.policy.rules import Severity
from inventory.policy.rules.exposure import exposure
from inventory.services.findings.cases import worst_cases
from tests import builders

ON = builders.NOW.date()


def finding(rule_id, severity="high", **fields):
    return builders.finding(rule_id=rule_id, severity=severity, **fields)


@given(some.lists(some.sampled_from([Severity.MEDIUM, Severity.LOW, Severity.INFO]), max_size=40))
def test_no_heap_of_lesser_findings_outweighs_a_worse_one(lesser):
    assert exposure(lesser) < exposure([Severity.HIGH])


@pytest.mark.django_db
def test_findings_of_one_delegate_on_one_identity_are_one_case():
    identity = builders.identity()
    finding("whole-account-delegate", "medium", identity=identity)
    finding("unknown-account-send", identity=identity)
    finding("unknown-account-send", identity=identity, subject="777788889999")
    finding("unknown-account-send")
    first, *others = worst_cases(builders.user("security"), on=ON)
    assert [each.rule_id for each in first.findings] == ["unknown-account-send", "whole-account-delegate"]
    assert first.worst.severity == "high"
    assert first.exposure == exposure([Severity.HIGH, Severity.MEDIUM])
    assert [len(case.findings) for case in others] == [1, 1]


@pytest.mark.django_db
def test_the_worst_comes_first_and_the_list_ends():
    for severity in ("low", "critical", "medium", "high"):
        finding("unknown-account-send", severity)
    cases = worst_cases(builders.user("security"), on=ON, limit=3)
    assert [case.worst.severity for case in cases] == ["critical", "high", "medium"]


@pytest.mark.django_db
def test_equals_are_told_apart_by_environment_kind_and_age():
    staging = builders.scope(account=builders.account(environment="staging"))
    young = builders.NOW - timedelta(days=1)
    wanted: list[tuple[dict[str, Any], datetime]] = [
        ({"scope": staging}, builders.NOW - timedelta(days=30)),
        ({"identity_type": "EMAIL_ADDRESS", "name": "a@example.com"}, builders.NOW - timedelta(days=20)),
        ({}, young),
        ({}, builders.NOW - timedelta(days=9)),
    ]
    expected: list[Identity] = []
    for fields, at in wanted:
        expected.insert(0, builders.identity(**fields))
        finding("unknown-account-send", identity=expected[0], first_opened_at=at)
    assert [case.worst.identity for case in worst_cases(builders.user("security"), on=ON)] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "is_listed"),
    [
        ({}, True),
        ({"presence": "stale"}, True),
        ({"presence": "absent"}, False),
        ({"severity": "info"}, False),
        ({"disposition": "triaged"}, True),
        ({"disposition": "risk_accepted", "disposition_until": ON}, False),
        ({"disposition": "false_positive", "disposition_until": ON + timedelta(days=1)}, False),
        ({"disposition": "risk_accepted", "disposition_until": ON - timedelta(days=1)}, True),
    ],
)
def test_what_is_gone_hinted_or_accepted_is_no_case(fields, is_listed):
    finding("unknown-account-send", **fields)
    assert bool(worst_cases(builders.user("security"), on=ON)) is is_listed


@pytest.mark.django_db
def test_people_see_the_cases_of_their_own_identities():
    team = builders.team()
    mine = finding("unknown-account-send", identity=builders.identity(owner_team=team))
    finding("unknown-account-send")
    (case,) = worst_cases(builders.user("owner", teams=[team]), on=ON)
    assert case.worst == mine


@pytest.mark.django_db
def test_the_delegate_has_the_name_that_people_know():
    vendor = builders.vendor(name="Lettercraft")
    builders.account(account_id="444455556666", relationship="partner", vendor=vendor)
    finding("production-isolation")
    finding("public-send", "critical", subject="*")
    finding("organization-wide-delegate", "medium", subject="o-exampleorg1")
    names = [case.delegate for case in worst_cases(builders.user("security"), on=ON)]
    assert names == ["Anyone with an AWS account", "Lettercraft (account 4444-5555-6666)", "o-exampleorg1"]


@pytest.mark.django_db
def test_three_queries_however_many_cases(django_assert_num_queries):
    user = builders.user("security")
    for _ in range(6):
        finding("unknown-account-send", identity=builders.identity(owner_team=builders.team()))
    with django_assert_num_queries(3):
        cases = worst_cases(user, on=ON)
        assert len({case.worst.identity.scope.account.name for case in cases}) == 6
        assert all(case.worst.identity.owner_team for case in cases)
    assert Finding.objects.count() == 6


@pytest.mark.django_db
def test_what_somebody_can_do_opens_a_case_and_that_nobody_approved_it_comes_after():
    identity = builders.identity()
    first = finding("unknown-account-send", identity=identity, first_opened_at=builders.NOW - timedelta(days=3))
    finding("unapproved-delegation", identity=identity, first_opened_at=builders.NOW - timedelta(days=1))
    (case,) = worst_cases(builders.user("security"), on=ON)
    assert case.worst == first

"""A denied region is declared unused by a named person, with evidence and an end; it resolves nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.models import AuditEvent, Finding, Outcome, Scope, ScopeDeclaration
from inventory.services.refusals import ConflictError, RefusedError
from inventory.services.registry.scope_declarations import declare_unused, withdraw_declaration
from sesgov.sight import coverage
from tests import builders
from tests.builders import NOW

TODAY = NOW.date()
EVIDENCE = "Policy p-abc of the organization denies SES there; asked the platform team, ticket OPS-12."

pytestmark = pytest.mark.django_db


def denied(**fields):
    return builders.scope(**{"last_outcome": Outcome.DENIED, "last_attempt_at": NOW} | fields)


def declare(scope, *, days=30, evidence=EVIDENCE, at=NOW, by=None):
    ends_on = at.date() + timedelta(days=days)
    by = by or builders.user("security")
    return declare_unused(scope.pk, evidence=evidence, ends_on=ends_on, acting_user=by, at=at)


def sight(scope, at=NOW):
    return Scope.objects.get(pk=scope.pk).sight(at)


def test_it_is_counted_apart_until_its_day_and_then_counts_again():
    scope = denied()
    declaration = declare(scope)
    assert sight(scope) == "unused"
    assert not Scope.objects.unseen(NOW).exists()
    assert Scope.objects.unread(NOW).get() == scope
    assert (declaration.starts_on, declaration.ends_on) == (TODAY, TODAY + timedelta(days=30))
    event = AuditEvent.objects.get(action="scope.declared_unused")
    assert "OPS-12" in event.data

    last_day, after = NOW + timedelta(days=30), NOW + timedelta(days=31)
    assert sight(scope, last_day) == "unused"
    assert sight(scope, after) == "denied"
    assert Scope.objects.unseen(after).get() == scope


def test_the_coverage_counts_it_neither_as_seen_nor_as_missing():
    account = builders.account()
    seen = builders.scope(account=account, region="eu-west-1")
    scope = denied(account=account, region="us-east-1")
    declare(scope)
    found = coverage(list(Scope.objects.select_related("account")), [account], NOW)
    assert (found.expected, found.seen, found.unused, found.disabled) == (1, 1, 1, 0)
    assert found.unseen == ()
    assert found.is_whole
    assert {cell.sight for _, cells in found.rows for cell in cells if cell} == {"complete", "unused"}
    assert sight(seen) == "complete"


def test_a_region_that_can_be_read_after_all_is_shown_as_it_is():
    scope = denied()
    declare(scope)
    for outcome in (Outcome.COMPLETE, Outcome.FAILED, Outcome.UNAVAILABLE):
        Scope.objects.update(last_outcome=outcome, last_complete_at=NOW)
        assert sight(scope) == outcome


@pytest.mark.parametrize(
    "fields",
    [
        {"last_outcome": Outcome.COMPLETE},
        {"last_outcome": Outcome.UNAVAILABLE},
        {"last_outcome": ""},
        {"last_outcome": Outcome.DENIED, "is_expected": False},
    ],
)
def test_only_what_is_denied_can_be_declared(fields):
    scope = builders.scope(**fields)
    with pytest.raises(RefusedError, match="only while AWS denies"):
        declare(scope)
    assert not ScopeDeclaration.objects.exists()


def test_a_region_with_known_identities_is_in_use():
    scope = denied()
    finding = builders.finding(identity=builders.identity(scope=scope), presence=Finding.Presence.STALE)
    with pytest.raises(RefusedError, match="it is in use"):
        declare(scope)
    finding.refresh_from_db()
    assert finding.presence == Finding.Presence.STALE


def test_a_region_whose_identities_are_listed_and_not_readable_is_in_use():
    scope = denied()
    builders.scope_run(scope=scope, state="done", outcome=Outcome.DENIED, identities_listed=3)
    with pytest.raises(RefusedError, match="3 identities are known"):
        declare(scope)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"evidence": "unused"}, "evidence"), ({"days": -1}, "ends_on"), ({"days": 366}, "ends_on")],
)
def test_evidence_and_an_end_within_a_year_are_wanted(wrong, field):
    scope = denied()
    with pytest.raises(RefusedError) as refusal:
        declare(scope, **wrong)
    assert refusal.value.field == field
    assert sight(scope) == "denied"


def test_a_second_one_comes_too_late_and_the_database_holds_that():
    scope = denied()
    first = declare(scope)
    with pytest.raises(ConflictError):
        declare(scope)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScopeDeclaration.objects.create(
            scope=scope,
            declared_by=first.declared_by,
            declared_at=NOW,
            starts_on=TODAY + timedelta(days=5),
            ends_on=TODAY + timedelta(days=60),
            evidence=EVIDENCE,
        )


def test_it_is_taken_back_and_declared_anew():
    scope = denied()
    declaration = declare(scope)
    other = builders.user("security")
    withdraw_declaration(declaration.pk, acting_user=other, at=NOW)
    assert sight(scope) == "denied"
    declaration.refresh_from_db()
    assert (declaration.withdrawn_at, declaration.withdrawn_by) == (NOW, other)
    with pytest.raises(ConflictError):
        withdraw_declaration(declaration.pk, acting_user=other, at=NOW)
    declare(scope)
    assert sight(scope) == "unused"


def test_after_its_end_it_can_be_declared_again():
    scope = denied()
    declare(scope, days=1)
    later = NOW + timedelta(days=2)
    with pytest.raises(ConflictError):
        withdraw_declaration(ScopeDeclaration.objects.get().pk, acting_user=builders.user("security"), at=later)
    declare(scope, at=later)
    assert sight(scope, later) == "unused"
    assert timezone.localdate(later) == later.date()

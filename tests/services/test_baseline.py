"""The baseline: what a scope's first look found has no known start; what comes later has."""

from datetime import timedelta

import pytest

from inventory.aws.identities import IdentityFacts
from inventory.models import FindingEpisode, Scope
from inventory.services.judging.reconciliation import Context, reconcile_identity
from inventory.services.judging.registry_view import RegistryView
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
STRANGER, OTHER = "418273950164", "529481630275"


def _scope(**fields) -> Scope:
    """A scope that was never read, of an account of its own."""
    return builders.scope(last_outcome="", **fields)


def _read(scope: Scope, name: str, *strangers: str, at=NOW) -> None:
    arn = f"arn:aws:ses:{scope.region}:{scope.account.account_id}:identity/{name}"
    text = builders.document(builders.allow({"AWS": list(strangers)}, arn))
    facts = IdentityFacts(name, "DOMAIN", policies={"partner": text} if strangers else {})
    reconcile_identity(facts, Context(run=builders.run(), scope=scope, view=RegistryView(at.date())), at=at)


def _by_subject(rule: str = "unknown-account-send") -> dict[str, bool]:
    episodes = FindingEpisode.objects.filter(finding__rule_id=rule)
    return dict(episodes.values_list("finding__subject", "is_baseline"))


def test_what_the_first_look_finds_is_baseline():
    _read(_scope(), "shop.example.com", STRANGER)
    assert _by_subject() == {STRANGER: True}


def test_what_comes_after_the_first_complete_look_is_not():
    scope = _scope()
    _read(scope, "shop.example.com", STRANGER)
    scope.baseline_at = NOW
    _read(scope, "shop.example.com", STRANGER, OTHER, at=LATER)
    assert _by_subject() == {STRANGER: True, OTHER: False}


def test_a_scope_that_is_added_later_has_a_baseline_of_its_own():
    known = _scope()
    known.baseline_at = NOW
    _read(known, "shop.example.com", STRANGER)
    _read(_scope(), "news.example.com", OTHER, at=LATER)
    assert _by_subject() == {STRANGER: False, OTHER: True}


def test_news_on_a_known_identity_is_news_though_its_scope_was_never_read_to_the_end():
    scope = _scope()
    _read(scope, "shop.example.com", STRANGER)
    _read(scope, "shop.example.com", STRANGER, OTHER, at=LATER)
    _read(scope, "news.example.com", OTHER, at=LATER)
    rows = FindingEpisode.objects.filter(finding__rule_id="unknown-account-send", finding__subject=OTHER)
    assert dict(rows.values_list("finding__identity__name", "is_baseline")) == {
        "shop.example.com": False,
        "news.example.com": True,
    }

"""Findings that speak of several copies of a name are in line for all of them, whichever was read last."""

import pytest

from inventory.models import Finding, FindingEpisode
from inventory.policy.rules import RULES
from inventory.services.findings.findings import FindingCounts, close_for_deleted
from tests import builders
from tests.services.findings_world import LATER, open_rules, place, role, sends, settle
from tests.services.test_findings import queries

OTHER = "529481630275"

pytestmark = pytest.mark.django_db


def drift(identity):
    return Finding.objects.open().filter(identity=identity, rule_id="region-drift")


def two_regions(**fields):
    here = place(**fields)
    return here, place(region="us-east-1", account=here.scope.account, **fields)


def dead_denials(identity):
    return Finding.objects.open().filter(identity=identity, rule_id="dead-deny").exclude(subject="")


def test_the_copy_that_lets_in_more_drifts_and_says_where_and_who():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role())})
    assert not drift(here).exists()
    settle(there, {})
    finding = drift(here).get()
    assert "us-east-1" in finding.evidence["text"]
    assert "4182-7395-0164" in finding.evidence["text"]
    assert not drift(there).exists()


def test_the_same_delegation_in_both_regions_under_another_name_is_no_drift():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role())})
    settle(there, {"renamed": sends(there, role())})
    assert not Finding.objects.filter(rule_id="region-drift").exists()


def test_mending_one_copy_settles_the_other():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role())})
    assert settle(there, {}) == FindingCounts(opened=1)
    assert settle(there, {"partner": sends(there, role())}, at=LATER) == FindingCounts(opened=2, resolved=1)
    assert not drift(here).exists()
    assert FindingEpisode.objects.get(finding__rule_id="region-drift").reason == "fixed"


def test_both_drift_where_each_lets_in_somebody_else():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role())})
    settle(there, {"partner": sends(there, role(OTHER))})
    assert drift(here).exists()
    assert drift(there).exists()


def test_drift_of_a_copy_in_production_is_high_as_its_own_judgement_says():
    here, there = two_regions(environment="production")
    settle(here, {"partner": sends(here, role())})
    settle(there, {})
    assert drift(here).get().severity == "high"
    settle(here, at=LATER)
    assert drift(here).get().severity == "high"


def test_the_same_name_in_another_account_is_another_identity():
    here, there = place(), place(region="us-east-1")
    settle(here, {"partner": sends(here, role())})
    settle(there, {})
    assert not Finding.objects.filter(rule_id="region-drift").exists()


def test_a_copy_that_nobody_has_read_is_not_compared_with():
    here, _ = two_regions()
    settle(here, {"partner": sends(here, role())})
    assert not drift(here).exists()


def test_a_deleted_copy_is_no_longer_compared_with():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role())})
    settle(there, {})
    there.gone_at = LATER
    there.save()
    assert close_for_deleted(there, at=LATER, run=None) == FindingCounts(resolved=1)
    assert not drift(here).exists()


def only_us(identity, network="198.51.100.0/24"):
    """A Deny of everyone who does not call from our network."""
    condition = {"NotIpAddress": {"aws:SourceIp": network}}
    deny = builders.allow("*", identity.arn, "ses:*", Condition=condition) | {"Effect": "Deny"}
    return builders.document(deny)


def domain_and_address():
    domain = place()
    address = builders.identity(
        scope=domain.scope, name="news@mail.example.com", identity_type="EMAIL_ADDRESS", environment="staging"
    )
    return domain, address


@pytest.mark.parametrize("domain_first", [True, False])
def test_an_address_below_the_domain_escapes_its_deny(domain_first):
    domain, address = domain_and_address()
    steps = [(domain, {"guard": only_us(domain)}), (address, {"partner": sends(address, role())})]
    builders.policy(text=steps[0][1]["guard"], identity=domain, name="guard")
    builders.policy(text=steps[1][1]["partner"], identity=address, name="partner")
    for identity, _ in steps if domain_first else reversed(steps):
        settle(identity)
    finding = dead_denials(domain).get()
    assert (finding.policy_name, finding.subject, finding.evidence["statement"]) == ("guard", address.arn, 0)
    assert RULES[finding.rule_id].rule_id == "dead-deny"


def test_an_address_is_no_region_copy_of_its_domain():
    domain, address = domain_and_address()
    settle(domain, {"guard": only_us(domain), "partner": sends(domain, role())})
    settle(address, {})
    settle(domain, at=LATER)
    assert not Finding.objects.filter(rule_id="region-drift").exists()


def test_an_address_under_the_same_deny_escapes_nothing():
    domain, address = domain_and_address()
    settle(domain, {"guard": only_us(domain)})
    settle(address, {"partner": sends(address, role()), "guard": only_us(address)})
    assert not dead_denials(domain).exists()


def test_an_address_that_lets_in_nobody_escapes_nothing():
    domain, address = domain_and_address()
    settle(domain, {"guard": only_us(domain)})
    settle(address, {})
    assert not dead_denials(domain).exists()


@pytest.mark.parametrize("by_deleting", [True, False])
def test_an_escape_ends_with_the_address_or_its_policy(by_deleting):
    domain, address = domain_and_address()
    settle(domain, {"guard": only_us(domain)})
    settle(address, {"partner": sends(address, role())})
    assert dead_denials(domain).exists()
    if by_deleting:
        address.gone_at = LATER
        address.save()
        close_for_deleted(address, at=LATER, run=None)
    else:
        settle(address, {}, at=LATER)
    assert not dead_denials(domain).exists()
    assert FindingEpisode.objects.get(finding__rule_id="dead-deny").reason == "fixed"


def test_a_region_copy_without_the_deny_escapes_it():
    here, there = two_regions()
    settle(here, {"partner": sends(here, role()), "guard": only_us(here)})
    settle(there, {"partner": sends(there, role())})
    assert dead_denials(here).get().subject == there.arn


def test_an_address_of_another_region_does_not_escape():
    domain, _ = domain_and_address()
    other_scope = builders.scope(account=domain.scope.account, region="us-east-1")
    address = builders.identity(scope=other_scope, name="news@mail.example.com", identity_type="EMAIL_ADDRESS")
    settle(domain, {"guard": only_us(domain)})
    settle(address, {"partner": sends(address, role())})
    assert not dead_denials(domain).exists()


def test_copies_cost_no_statement_each():
    account = builders.account(environment="staging")
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "us-east-1", "us-east-2", "us-west-2"]
    copies = [place(account=account, region=region) for region in regions]
    counts = []
    for number, copy in enumerate(copies):
        builders.policy(text=sends(copy, role(f"{730518200000 + number}")), identity=copy, name="partner")
        counts.append(queries(copy))
    assert open_rules(copies[0]) >= {"region-drift"}
    assert counts[2] == counts[-1]
    assert max(queries(copy, at=LATER) for copy in copies) <= min(counts)

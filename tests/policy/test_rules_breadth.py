"""Known delegates: too wide, in the wrong environment, or too many; and what an open door makes idle to say."""

import pytest

from inventory.policy.reach import Reach
from inventory.policy.rules import DelegateFacts, Severity, judge
from inventory.policy.rules.domains import is_apex
from inventory.policy.trust import Trust
from tests.policy.rule_builders import (
    FROM_ALL,
    FROM_NETWORK,
    FROM_ONE,
    PARTNER,
    STRANGER,
    delegation,
    facts,
    fired,
    only,
    role,
)
from tests.policy.rule_builders import subject as identity


@pytest.mark.parametrize("environment", ["staging", "development"])
def test_a_delegate_outside_production_on_a_production_identity(environment):
    judged = identity(role(), environment="production", delegates=facts(environment=environment))
    assert only(judged, "production-isolation").subject == PARTNER


@pytest.mark.parametrize(
    ("identity_environment", "delegate_environment"),
    [("production", "production"), ("production", ""), ("staging", "development"), ("", "development")],
)
def test_an_environment_that_fits_or_is_not_stated_is_no_finding(identity_environment, delegate_environment):
    judged = identity(role(), environment=identity_environment, delegates=facts(environment=delegate_environment))
    assert fired(judged) == set()


def test_an_account_in_no_register_has_no_environment():
    assert fired(identity(role(), environment="production")) == set()


def test_a_whole_account_where_a_role_would_do():
    assert fired(identity(delegation())) == {"whole-account-delegate"}


@pytest.mark.parametrize("limits", [(FROM_NETWORK,), (FROM_NETWORK, FROM_ALL)])
def test_any_address_of_a_domain(limits):
    assert fired(identity(role(limits=limits))) == {"no-from-restriction"}


def test_an_address_identity_has_one_address_anyway():
    assert fired(identity(role(limits=(FROM_NETWORK,)), name="a@example.com", identity_type="EMAIL_ADDRESS")) == set()


def test_no_network_is_a_hint():
    judged = identity(role(limits=(FROM_ONE,)))
    assert fired(judged) == set()
    assert only(judged, "no-network-restriction").severity is Severity.INFO


@pytest.mark.parametrize("reach", [Reach.SERVICE, Reach.SERVICE_UNPINNED])
def test_a_service_has_no_network_to_be_limited_to(reach):
    service = delegation(reach, Trust.PARTNER, services=("cognito-idp.amazonaws.com",), limits=(FROM_ONE,))
    assert "no-network-restriction" not in fired(identity(service), hints=True)


@pytest.mark.parametrize(
    ("name", "limits", "expected"),
    [
        ("example.com", (FROM_NETWORK,), {"apex-delegated", "no-from-restriction"}),
        ("example.com", (FROM_NETWORK, FROM_ALL), {"apex-delegated", "no-from-restriction"}),
        ("example.com", (FROM_NETWORK, FROM_ONE), set()),
        ("mail.example.com", (FROM_NETWORK,), {"no-from-restriction"}),
    ],
)
def test_the_apex_is_delegated_where_no_address_limits_it(name, limits, expected):
    assert fired(identity(role(limits=limits), name=name)) == expected


@pytest.mark.parametrize("name", ["example.com", "EXAMPLE.COM", "example.co.uk", "example.com.au", "example.org."])
def test_apex(name):
    assert is_apex(name)


@pytest.mark.parametrize("name", ["mail.example.com", "shop.example.co.uk", "co.uk", "com", "a.b.example.com"])
def test_no_apex(name):
    assert not is_apex(name)


@pytest.mark.parametrize("rule_id", ["no-from-restriction", "whole-account-delegate"])
@pytest.mark.parametrize("public_limits", [(), (FROM_ONE,)])
def test_an_open_door_silences_breadth(rule_id, public_limits):
    wide = delegation(limits=(FROM_NETWORK,))
    assert rule_id in fired(identity(wide))
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=public_limits, statement=1)
    assert rule_id not in fired(identity(wide, public))


def test_a_network_alone_silences_nothing():
    network = delegation(Reach.NETWORK, Trust.UNKNOWN, limits=(FROM_NETWORK,), statement=1)
    assert fired(identity(delegation(), network)) == {
        "network-only-send", "no-from-restriction", "whole-account-delegate",
    }  # fmt: skip


def test_an_open_door_does_not_silence_the_unknown():
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=(), statement=1)
    assert fired(identity(role(STRANGER, Trust.UNKNOWN), public)) == {"public-send", "unknown-account-send"}


def _two(first, second):
    return {PARTNER: DelegateFacts(PARTNER, **first), STRANGER: DelegateFacts(STRANGER, **second)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"vendor": "Lettercraft"}, {"vendor": "Postwright"}),
        ({"team": "Shop"}, {"team": "Payments"}),
        ({"vendor": "Lettercraft"}, {"team": "Payments"}),
    ],
)
def test_an_identity_shared_by_several_parties(first, second):
    judged = identity(role(), role(STRANGER, statement=1), delegates=_two(first, second))
    found = only(judged, "shared-identity")
    assert (found.subject, found.policy) == ("", "")
    assert all(name in found.text for name in (*first.values(), *second.values()))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"vendor": "Lettercraft"}, {"vendor": "Lettercraft"}),
        ({"vendor": "Lettercraft"}, {}),
        ({"vendor": "Lettercraft"}, {"team": "Shop"}),
        ({}, {}),
    ],
)
def test_one_party_is_not_several(first, second):
    """Two accounts of one vendor, an account nobody described, and the team that owns the identity itself."""
    judged = identity(role(), role(STRANGER, statement=1), delegates=_two(first, second), owner_team="Shop")
    assert fired(judged) == set()


def test_medium_is_high_in_production_and_nothing_else_moves():
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=(), statement=2)
    gone = delegation(Reach.DANGLING, None, accounts=(), principals=("AIDAEXAMPLEOFUSER1234",), statement=3)
    organization = delegation(Reach.ORGANIZATION, Trust.ORGANIZATION, organizations=("o-ours",), limits=(FROM_ONE,))
    here = {
        environment: {
            each.rule_id: each.severity for each in judge(identity(public, gone, organization, environment=environment))
        }
        for environment in ("production", "staging")
    }
    assert here["staging"] == {
        "public-send": Severity.CRITICAL,
        "organization-wide-delegate": Severity.MEDIUM,
        "dangling-delegate": Severity.LOW,
        "no-network-restriction": Severity.INFO,
    }
    assert here["production"] == here["staging"] | {"organization-wide-delegate": Severity.HIGH}


def test_worst_first():
    public = delegation(Reach.PUBLIC, Trust.UNKNOWN, limits=(), statement=1)
    ranks = [each.severity.rank for each in judge(identity(role(STRANGER, Trust.UNKNOWN, limits=()), public))]
    assert ranks == sorted(ranks)
    assert len(ranks) > 2

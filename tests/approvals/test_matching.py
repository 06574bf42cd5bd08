"""What the engine finds beside what was approved, over real policies."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from approvals.rules.matching import Agreement, Pairing, Terms, observation, pair
from approvals.rules.states import Observation, Standing
from inventory.policy.analysis import analyse
from inventory.policy.grants.coverage import Axis
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms
from inventory.policy.trust import Registry, Trust

OWNER, PARTNER, OTHER = "111122223333", "444455556666", "777788889999"
ARN = f"arn:aws:ses:eu-west-1:{OWNER}:identity/shop.example.com"
AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
ENDS = date(2027, 1, 31)


def terms(**given: Any) -> GrantTerms:
    usual: dict[str, Any] = {
        "identity_arn": ARN,
        "principals": (PARTNER,),
        "actions": ("ses:SendEmail", "ses:SendRawEmail"),
        "from_addresses": ("news@shop.example.com",),
        "ends_on": ENDS,
    }
    return GrantTerms(**usual | given)


def grant(number: int = 1, standing: Standing = Standing.ACTIVE, **given: Any) -> Terms:
    return Terms(number, terms(**given), standing)


def statement(principals: Any = PARTNER, **rest: Any) -> dict[str, Any]:
    accounts = principals if isinstance(principals, list) else [principals]
    return {
        "Effect": "Allow",
        "Principal": {"AWS": accounts} if principals != "*" else "*",
        "Action": ["ses:SendEmail", "ses:SendRawEmail"],
        "Resource": ARN,
        "Condition": {"StringEquals": {"ses:FromAddress": "news@shop.example.com"}},
    } | rest


def paired(*statements: dict[str, Any], grants: tuple[Terms, ...], at: datetime = AT) -> list[Pairing]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    registry = Registry(accounts={PARTNER: Trust.PARTNER}, organizations={}, owner_organization=None)
    found = analyse(owner_account=OWNER, identity_arn=ARN, policies={"p": text}, registry=registry, at=at)
    return pair(found.delegations, grants, at=at)


def agreements(pairings: list[Pairing]) -> dict[str, Agreement]:
    return {each.part.accounts[0] if each.part.accounts else "*": each.agreement for each in pairings}


def alike(pairings: list[Pairing]) -> Pairing:
    """The same verdict over every channel."""
    assert len({(each.agreement, each.grant_id) for each in pairings}) == 1
    return pairings[0]


def test_the_least_document_of_a_grant_matches_it():
    one = grant()
    pairings = paired(*minimal_policy(one.terms)["Statement"], grants=(one,))
    assert {each.agreement for each in pairings} == {Agreement.APPROVED}
    assert all(not each.reasons for each in pairings)


def test_a_statement_that_only_lacks_an_end_is_approved_and_says_that_aws_does_not_end_it():
    pairing = alike(paired(statement(), grants=(grant(),)))
    assert pairing.agreement is Agreement.APPROVED
    assert {reason.axis for reason in pairing.reasons} == {Axis.END}


@pytest.mark.parametrize(
    ("rest", "axis"),
    [
        ({"Condition": {}}, Axis.FROM),
        ({"Action": "ses:*"}, Axis.ACTIONS),
    ],
)
def test_what_exceeds_the_terms_is_wider_with_its_reason(rest, axis):
    pairing = alike(paired(statement(**rest), grants=(grant(),)))
    assert pairing.agreement is Agreement.WIDER
    assert axis in {reason.axis for reason in pairing.reasons}


def test_a_list_is_matched_account_by_account():
    pairings = paired(statement([PARTNER, OTHER]), grants=(grant(),))
    assert agreements(pairings) == {PARTNER: Agreement.APPROVED, OTHER: Agreement.UNAPPROVED}


def test_anyone_is_not_covered_by_a_grant_for_one():
    pairing = alike(paired(statement("*"), grants=(grant(),)))
    assert (pairing.agreement, pairing.grant_id) == (Agreement.UNAPPROVED, None)


@pytest.mark.parametrize("standing", [Standing.EXPIRED, Standing.REVOKED, Standing.SUPERSEDED, Standing.SUSPENDED])
def test_what_a_grant_that_is_over_spoke_of_ought_to_be_gone(standing):
    pairing = alike(paired(statement(), grants=(grant(standing=standing),), at=AT + timedelta(days=120)))
    assert pairing.agreement is Agreement.ENDED


def test_a_grant_that_begins_later_approves_nothing_today():
    pairing = alike(paired(statement(), grants=(grant(standing=Standing.AHEAD),)))
    assert pairing.agreement is Agreement.UNAPPROVED


def test_of_two_grants_the_one_in_force_speaks():
    over, live = grant(1, Standing.SUPERSEDED), grant(2, ends_on=date(2027, 6, 30))
    pairing = alike(paired(statement(), grants=(over, live)))
    assert (pairing.agreement, pairing.grant_id) == (Agreement.APPROVED, 2)


def test_of_two_grants_in_force_the_one_that_is_exceeded_least_speaks():
    narrow = grant(1, networks=("192.0.2.0/24",), from_addresses=("billing@shop.example.com",))
    close = grant(2, networks=("192.0.2.0/24",))
    pairing = alike(paired(statement(), grants=(narrow, close)))
    assert (pairing.agreement, pairing.grant_id) == (Agreement.WIDER, 2)


def test_own_callers_need_no_grant():
    assert paired(statement(OWNER), grants=()) == []


ONE = grant()
GONE = grant(standing=Standing.EXPIRED)


@pytest.mark.parametrize(
    ("of", "agreement", "before", "expected"),
    [
        (ONE, Agreement.APPROVED, Observation.NOT_OBSERVED, Observation.MATCH),
        (ONE, Agreement.WIDER, Observation.MATCH, Observation.WIDER),
        (ONE, None, Observation.MATCH, Observation.NOT_OBSERVED),
        (GONE, Agreement.ENDED, Observation.MATCH, Observation.STILL_PRESENT),
        (GONE, None, Observation.STILL_PRESENT, Observation.REMOVED),
        (GONE, None, Observation.MATCH, Observation.REMOVED),
        (GONE, None, Observation.NOT_OBSERVED, Observation.NOT_OBSERVED),
        (GONE, None, Observation.REMOVED, Observation.REMOVED),
        (GONE, Agreement.ENDED, Observation.REMOVED, Observation.STILL_PRESENT),
    ],
)
def test_what_a_reading_says_of_a_grant(of, agreement, before, expected):
    part = alike(paired(statement(), grants=()))
    pairings = [] if agreement is None else [Pairing(part.part, agreement, of.grant_id)]
    was_live = before is not Observation.NOT_OBSERVED
    assert observation(of, pairings, before, was_live=was_live, is_read=True) is expected


def test_nothing_is_removed_before_a_reading_after_the_end():
    assert observation(GONE, [], Observation.MATCH, was_live=True, is_read=False) is Observation.MATCH


def test_two_grants_in_force_for_the_same_access_are_both_seen():
    one, two = grant(1), grant(2, ends_on=date(2027, 6, 30))
    pairings = paired(statement(), grants=(one, two))
    for each in (one, two):
        found = observation(each, pairings, Observation.NOT_OBSERVED, was_live=False, is_read=True)
        assert found is Observation.MATCH


def test_what_another_grant_lets_go_on_was_not_removed():
    over, live = grant(1, Standing.EXPIRED), grant(2)
    pairings = paired(statement(), grants=(over, live))
    assert observation(over, pairings, Observation.MATCH, was_live=True, is_read=True) is Observation.MATCH


def test_what_goes_beyond_its_successor_is_still_there():
    over, live = grant(1, Standing.SUPERSEDED, from_addresses=()), grant(2)
    pairings = paired(statement(Condition={}), grants=(over, live))
    assert alike(pairings).agreement is Agreement.WIDER
    assert observation(over, pairings, Observation.MATCH, was_live=True, is_read=True) is Observation.STILL_PRESENT

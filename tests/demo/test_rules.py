"""Every rule about who outside can send is fired somewhere in the demo, where its case says, and not all over."""

from collections import Counter

import pytest

from sesgov.demo.estate import build_world, expected_rules
from sesgov.demo.estate_cases import CASES
from tests.demo.judged import judged

HINTS = {"no-network-restriction"}


def rules_at(account_id, region, name):
    return {violation.rule_id for violation in judged()[account_id, region, name]}


def test_400_identities_of_twelve_accounts_are_judged():
    assert len(judged()) == 400
    assert len(build_world()["accounts"]) == 12


def test_every_rule_fires_at_least_once():
    fired = {violation.rule_id for found in judged().values() for violation in found}
    assert expected_rules() <= fired


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} in {case.region}")
def test_a_case_fires_the_rules_that_it_is_there_for(case):
    places = [key for key in judged() if key[0] == case.account.id and key[2] == case.name]
    for account_id, region, name in places:
        if case.region in ("*", region):
            assert set(case.rules) <= rules_at(account_id, region, name)


def test_what_is_in_order_fires_nothing():
    in_cases = {(case.account.id, case.name) for case in CASES}
    elsewhere = Counter(
        violation.rule_id
        for (account_id, _, name), found in judged().items()
        if (account_id, name) not in in_cases
        for violation in found
        if violation.rule_id not in HINTS
    )
    assert elsewhere == {}


def test_most_identities_have_nothing_against_them():
    clean = sum(1 for found in judged().values() if not {violation.rule_id for violation in found} - HINTS)
    assert clean > 330

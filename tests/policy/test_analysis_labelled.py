"""The labelled policies: each gets its reach, each witness passes the concrete evaluator."""

import json
from pathlib import Path

import pytest

from inventory.policy.analysis import analyse
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.reach import Reach
from inventory.policy.trust import Registry, Trust
from tests.policy.analysis_builders import AT

CASES = json.loads((Path(__file__).parent / "policy_cases.json").read_text(encoding="utf-8"))["cases"]


def analysis_of(case):
    registry = Registry(
        accounts=dict.fromkeys(case["trusted_accounts"], Trust.PARTNER),
        organizations=dict.fromkeys(case["trusted_organizations"], Trust.ORGANIZATION),
        owner_organization=case["owner_organization"],
    )
    return analyse(
        owner_account=case["owner_account"],
        identity_arn=case["identity"],
        policies={name: json.dumps(each) for name, each in case["policies"].items()},
        registry=registry,
        at=AT,
    )


def case_named(name):
    return next(case for case in CASES if case["id"] == name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_labelled_policy_gets_its_reach(case):
    assert analysis_of(case).widest == case["expected_reach"]


def test_a_role_id_without_an_account_is_unknown():
    found = {(d.reach, d.trust, d.principals) for d in analysis_of(case_named("C28")).delegations}
    assert found == {(Reach.PRINCIPAL, Trust.UNKNOWN, ("AROAOURROLEIDEXAMPLE",))}


def test_a_list_of_accounts_is_split_by_trust():
    found = {(d.accounts, d.trust) for d in analysis_of(case_named("C42")).delegations}
    assert found == {(("222222222222",), Trust.PARTNER), (("999999999999",), Trust.UNKNOWN)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_witness_is_allowed_and_each_absence_has_a_reason(case):
    policies = {case["identity"]: {name: json.dumps(each) for name, each in case["policies"].items()}}
    for delegation in analysis_of(case).delegations:
        if delegation.reach in (Reach.INERT, Reach.DANGLING):
            assert delegation.witness is None
            assert delegation.reason
        else:
            assert delegation.witness is not None
            assert evaluate(policies, delegation.witness).allowed
            assert delegation.admits(delegation.witness)

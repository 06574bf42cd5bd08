"""Policies that were labelled from what AWS documents, before the engine had read any of them."""

import json
from pathlib import Path

import pytest

from inventory.policy.analysis import analyse
from inventory.policy.channels import Channel
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.reach import Reach
from inventory.policy.trust import Registry, Trust
from tests.policy.analysis_builders import AT

CASES = json.loads((Path(__file__).parent / "unseen_cases.json").read_text(encoding="utf-8"))["cases"]
REGISTRY = Registry(
    accounts={
        "271828182845": Trust.PARTNER,
        "314159265358": Trust.ORGANIZATION,
        "161803398874": Trust.FORMER,
    },
    organizations={"o-mailhouse1": Trust.ORGANIZATION},
    owner_organization="o-mailhouse1",
)
NOBODY = (Reach.INERT, Reach.DANGLING)


def analysis_of(case):
    return analyse(
        owner_account="640118273355",
        identity_arn=case["identity"],
        policies={name: json.dumps(each) for name, each in case["policies"].items()},
        registry=REGISTRY,
        at=AT,
    )


def over(analysis, channel):
    return {f"{each.reach}/{each.trust or '-'}" for each in analysis.delegations if each.channel is channel}


def cases_with(member):
    return pytest.mark.parametrize("case", [case for case in CASES if member in case], ids=lambda case: case["id"])


@cases_with("widest")
def test_each_case_gets_its_widest_reach(case):
    assert analysis_of(case).widest == case["widest"]


@pytest.mark.parametrize("channel", [Channel.DIRECT, Channel.SERVICE])
@cases_with("id")
def test_each_case_gets_its_reaches_and_trusts(case, channel):
    if case.get(channel) is not None:
        assert over(analysis_of(case), channel) == set(case[channel])


@cases_with("id")
def test_each_verdict_shows_a_request_or_says_why_there_is_none(case):
    policies = {case["identity"]: {name: json.dumps(each) for name, each in case["policies"].items()}}
    for delegation in analysis_of(case).delegations:
        assert delegation.reason or delegation.reach not in (*NOBODY, Reach.UNDETERMINED)
        if delegation.reach in NOBODY:
            assert delegation.witness is None
        elif delegation.reach is not Reach.UNDETERMINED:
            assert delegation.witness is not None
            assert evaluate(policies, delegation.witness).allowed


@cases_with("actions")
def test_a_deny_leaves_the_actions_it_does_not_mean(case):
    assert analysis_of(case).delegations[0].actions == tuple(case["actions"])


@cases_with("classes")
def test_not_action_covers_administration(case):
    assert set(case["classes"]) <= set(analysis_of(case).delegations[0].action_classes)


@cases_with("starts")
def test_access_that_begins_later_says_when(case):
    assert analysis_of(case).delegations[0].starts_at.isoformat() == case["starts"]


@cases_with("ends")
def test_access_that_a_deny_ends_says_when(case):
    assert analysis_of(case).delegations[0].ends_at.isoformat() == case["ends"]


@cases_with("ineffective")
def test_a_limit_that_excludes_nothing_is_none(case):
    limits = analysis_of(case).delegations[0].limits
    assert [limit.kind for limit in limits if not limit.is_effective] == case["ineffective"]

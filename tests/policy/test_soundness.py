"""The analyser against the concrete evaluator, over policies and requests that hypothesis draws."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError
from inventory.policy.reach import Reach
from inventory.policy.requests import Request
from tests.policy import changes
from tests.policy.generators.callers import POPULATIONS
from tests.policy.generators.constants import constants_of
from tests.policy.generators.dice import SeededDice
from tests.policy.generators.drawn import DrawnDice, dice
from tests.policy.generators.policies import policies, texts
from tests.policy.generators.requests import request_of
from tests.policy.generators.world import ACCOUNTS, AT, IDENTITY, OWNER, REGISTRY
from tests.policy.soundness import OPERATOR_FORMS, Tally, analysis_of, focus_of, try_one

_SLOW = [HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large]
# The same examples each time: new ones are drawn by `./bench soundness`, and what it finds becomes a named case.
_DRAWN = settings(max_examples=80, derandomize=True, deadline=None, database=None, suppress_health_check=_SLOW)
_SEEDED = 1500
_OTHERS = 100
_DAMAGED = 400


@_DRAWN
@given(dice(), st.sampled_from([None, *OPERATOR_FORMS]))
def test_drawn_examples_break_nothing(thrown: DrawnDice, focus: str | None) -> None:
    tally = Tally()
    try_one(thrown, tally, each=1, focus=focus)
    assert tally.found == []


def test_seeded_examples_break_nothing_and_reach_every_population() -> None:
    tally = Tally()
    for seed in range(_SEEDED):
        try_one(SeededDice(seed), tally, each=1, focus=focus_of(seed))
    assert tally.found[:3] == []
    for reach in ("public", "network", "organization", "account", "principal", "service", "service_unpinned", "self"):
        assert tally.allowed[f"reach {reach}"] >= 20, reach
        assert tally.allowed[f"witness {reach}"] >= 10, reach
    missing = [
        f"{form} {where}"
        for form in OPERATOR_FORMS
        for where in ("present", "absent")
        if not tally.allowed[f"operator {form} {where}"]
    ]
    assert len(missing) <= len(OPERATOR_FORMS) // 4, missing


def test_a_change_that_says_nothing_changes_nothing() -> None:
    for seed in range(_OTHERS):
        documents, requests = _example(seed)
        decisions, said = _decisions(documents, requests), _said(analysis_of(documents))
        for change in (changes.reordered, changes.respelt, changes.as_lists):
            changed = change(documents)
            assert _decisions(changed, requests) == decisions, (change, documents)
            assert _said(analysis_of(changed)) == said, (change, documents)
        apart = changes.split(documents)
        assert _decisions(apart, requests) == decisions, documents
        assert _widths(apart, requests) == _widths(documents, requests), documents


def test_a_condition_or_a_deny_never_widens() -> None:
    for seed in range(_OTHERS):
        documents, requests = _example(seed)
        for change in (changes.with_a_condition, changes.with_a_deny):
            changed = change(SeededDice(seed), documents)
            _assert_narrower(changed, documents, requests)


def test_if_exists_never_narrows_an_allow() -> None:
    for seed in range(_OTHERS):
        documents, requests = _example(seed)
        _assert_narrower(documents, changes.with_if_exists(SeededDice(seed), documents), requests)


def test_renaming_the_accounts_renames_the_result() -> None:
    renamed = dict(zip(ACCOUNTS, [*ACCOUNTS[1:], ACCOUNTS[0]], strict=True))

    def rename(text: str) -> str:
        return re.sub(r"\d{12}", lambda found: renamed.get(found.group(), found.group()), text)

    registry = type(REGISTRY)(
        accounts={rename(account): trust for account, trust in REGISTRY.accounts.items()},
        organizations=REGISTRY.organizations,
        owner_organization=REGISTRY.owner_organization,
    )
    for seed in range(_OTHERS):
        documents = policies(SeededDice(seed))
        if re.search(r"\d[*?]|[*?]\d", json.dumps(documents)):
            continue
        analysis = analyse(
            owner_account=rename(OWNER),
            identity_arn=rename(IDENTITY),
            policies={name: rename(text) for name, text in texts(documents).items()},
            registry=registry,
            at=AT,
        )
        expected = {rename(repr(each)) for each in _said(analysis_of(documents))}
        assert {_sorted_again(repr(each)) for each in _said(analysis)} == {_sorted_again(text) for text in expected}


def test_a_damaged_policy_is_judged_or_refused_and_never_called_safe() -> None:
    refused = judged = 0
    for seed in range(_DAMAGED):
        documents, requests = _example(seed)
        damaged = changes.damaged(SeededDice(seed), documents)
        analysis = analysis_of(damaged)
        allowed = _allowed(damaged, requests)
        refused, judged = refused + (allowed is None), judged + (allowed is not None)
        if allowed is None:
            assert analysis.widest.rank == Reach.PUBLIC.rank, damaged
        elif not analysis.problems:
            for request in allowed:
                assert any(each.admits(request) for each in analysis.delegations), (damaged, request)
    assert min(refused, judged) > _DAMAGED // 10


def _allowed(documents: dict[str, Any], requests: list[Request]) -> list[Request] | None:
    """The requests that the evaluator allows, ``None`` where it cannot read the policies."""
    try:
        return [request for request in requests if evaluate({IDENTITY: texts(documents)}, request).allowed]
    except UnreadablePolicyError:
        return None


def _sorted_again(text: str) -> str:
    """The names of a line in one order, since renamed ones sort elsewhere."""
    return " ".join(sorted(re.split(r"[\s,()]+", text)))


def _example(seed: int) -> tuple[dict[str, Any], list[Request]]:
    thrown = SeededDice(seed)
    documents = policies(thrown)
    constants = constants_of(documents)
    return documents, [request_of(thrown, name, documents, constants) for name in POPULATIONS]


def _decisions(documents: dict[str, Any], requests: list[Request]) -> list[bool]:
    return [evaluate({IDENTITY: texts(documents)}, request).allowed for request in requests]


def _widths(documents: dict[str, Any], requests: list[Request]) -> list[int]:
    """The rank of the widest delegation, and of that which admits each request; beyond all ranks where none does."""
    analysis = analysis_of(documents)
    return [
        analysis.widest.rank,
        *(
            min((each.reach.rank for each in analysis.delegations if each.admits(request)), default=Reach.INERT.rank)
            for request in requests
        ),
    ]


def _said(analysis: Analysis) -> set[tuple[Any, ...]]:
    return {
        (
            each.policy, each.channel, each.reach, each.trust, each.accounts, each.organizations, each.principals,
            each.services, each.action_classes, each.actions, each.starts_at, each.ends_at,
        )
        for each in analysis.delegations
    }  # fmt: skip


def _assert_narrower(narrow: dict[str, Any], wide: dict[str, Any], requests: list[Request]) -> None:
    allowed_before = _decisions(wide, requests)
    for now, before in zip(_decisions(narrow, requests), allowed_before, strict=True):
        assert now <= before, (narrow, wide)
    for now_rank, before_rank in zip(_widths(narrow, requests), _widths(wide, requests), strict=True):
        assert now_rank >= before_rank, (narrow, wide)

"""Every labelled case against every caller of the table."""

import json
from pathlib import Path

import pytest

from inventory.policy.evaluation.decisions import evaluate
from tests.policy.caller_table import CALLERS, IDENTITY, MATCHES, REQUESTS

CASES = json.loads(Path(__file__).with_name("policy_cases.json").read_text(encoding="utf-8"))["cases"]


def test_the_table_and_the_cases_are_the_same() -> None:
    assert [case["id"] for case in CASES] == list(MATCHES)
    assert len(MATCHES) == 62


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_evaluator_answers_as_the_table(case) -> None:
    policies = {IDENTITY: {name: json.dumps(document) for name, document in case["policies"].items()}}
    allowed = {caller: evaluate(policies, REQUESTS[caller]).allowed for caller in CALLERS}
    assert allowed == MATCHES[case["id"]]

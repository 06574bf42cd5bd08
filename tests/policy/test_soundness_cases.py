"""Every counterexample ever found stays found."""

import pytest

from inventory.policy.evaluation.decisions import evaluate
from tests.policy.counterexamples import CASES, Case
from tests.policy.generators.policies import texts
from tests.policy.generators.world import IDENTITY
from tests.policy.soundness import judge


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_counterexample(case: Case) -> None:
    requests = [] if case.request is None else [case.request]
    for request in requests:
        assert evaluate({IDENTITY: texts(case.documents)}, request).allowed is case.allowed
    assert judge(case.documents, requests) == []

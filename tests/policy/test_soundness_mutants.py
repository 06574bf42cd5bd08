"""The soundness examples catch what they are there for: faults planted in the analyser and in the evaluator."""

from multiprocessing.pool import ThreadPool

import pytest

from tests.policy.generators.dice import SeededDice
from tests.policy.mutants import ANALYSER_MUTANTS, EVALUATOR_MUTANTS, MUTANTS, caught
from tests.policy.soundness import Tally, focus_of, try_one


@pytest.mark.timeout(600)  # twenty processes, two at a time
def test_every_planted_mutant_is_caught() -> None:
    with ThreadPool(2) as pool:
        results = pool.map(caught, MUTANTS, chunksize=1)
    assert [mutant.name for mutant, was_caught in zip(MUTANTS, results, strict=True) if not was_caught] == []
    assert (len(ANALYSER_MUTANTS), len(EVALUATOR_MUTANTS)) == (10, 10)


def test_without_a_mutant_the_same_examples_break_nothing() -> None:
    tally = Tally()
    for mutant in MUTANTS:
        try_one(SeededDice(mutant.first), tally, focus=focus_of(mutant.first))
    assert tally.found == []

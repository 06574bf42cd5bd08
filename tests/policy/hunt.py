"""``python -m tests.policy.hunt NUMBER``: plant one mutant and hunt it; exit 1 when it is caught, 0 when it lives."""

import importlib
import sys

from tests.policy.mutants import MUTANTS, plant

_EXAMPLES = 6000


def main(number: int) -> int:
    """Examples until one breaks a promise."""
    plant(MUTANTS[number])
    soundness = importlib.import_module("tests.policy.soundness")
    dice = importlib.import_module("tests.policy.generators.dice")
    tally = soundness.Tally()
    forms = soundness.OPERATOR_FORMS
    for seed in range(_EXAMPLES):
        soundness.try_one(dice.SeededDice(seed), tally, focus=forms[seed // 2 % len(forms)] if seed % 2 else None)
        if tally.found:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

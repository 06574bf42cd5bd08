"""``python -m tests.policy.hunt NUMBER``: plant one mutant and hunt it; exit 1 when it is caught, 0 when it lives.

The number of the example that caught it is printed: it is worth writing down as the mutant's ``first``.
"""

import importlib
import sys

from tests.policy.mutants import MUTANTS, plant

_EXAMPLES = 6000


def main(number: int) -> int:
    """Examples until one breaks a promise."""
    plant(MUTANTS[number])
    soundness = importlib.import_module("tests.policy.soundness")
    dice = importlib.import_module("tests.policy.generators.dice")
    if MUTANTS[number].module not in sys.modules:
        raise RuntimeError(f"{MUTANTS[number].module} is imported by nothing, so the mutant was not planted")
    tally = soundness.Tally()
    for seed in (MUTANTS[number].first, *range(_EXAMPLES)):
        soundness.try_one(dice.SeededDice(seed), tally, focus=soundness.focus_of(seed))
        if tally.found:
            sys.stdout.write(f"{seed}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

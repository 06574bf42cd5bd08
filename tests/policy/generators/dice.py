"""Dice: where the generators' choices come from.

Under hypothesis every choice is drawn, so that a failing example shrinks; a seeded generator throws the same dice
thirty times as fast.
"""

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Dice(Protocol):
    """The three throws that every choice is made of."""

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred throws."""

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""


class SeededDice:
    """Dice of a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


def some(dice: Dice, options: Sequence[T], most: int = 3) -> list[T]:
    """One to ``most`` of the options, repeats left out."""
    picked = [dice.pick(options) for _ in range(dice.between(1, most))]
    return list(dict.fromkeys(picked))

"""Dice that hypothesis throws, so that a failing example shrinks."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class DrawnDice:
    """Dice that hypothesis throws; the simplest choice is the first option, no, and the lowest number."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return options[self.between(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        return bool(self._draw(st.integers(0, 99)) >= 100 - percent)

    def between(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))


@st.composite
def dice(draw) -> DrawnDice:
    """Dice for one hypothesis example."""
    return DrawnDice(draw)

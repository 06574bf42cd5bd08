"""Measure: one figure that a bench gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """``name`` as in ``engine.p99_ms``; ``unit`` is ``count``, ``ms``, ``s``, ``1/s``, ``share`` or ``MB``."""

    name: str
    value: float
    unit: str


Bench = Callable[[Sequence[str]], list[Measure]]

"""Figures: pure functions of what one person may see and an instant, and their daily snapshots."""

from sesgov.figures.catalogue import all_figures, first_figures
from sesgov.figures.facts import Facts
from sesgov.figures.shapes import Figure, Link

__all__ = ["Facts", "Figure", "Link", "all_figures", "first_figures"]

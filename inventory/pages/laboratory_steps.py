"""Steps: the open questions of a tightened version, and what it changes."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.pages.policy_history import DiffLine
from inventory.policy.tightening.placeholders import Placeholder, PlaceholderKind

_DIFF_KINDS = {"+": "added", "-": "removed", "@": "place", " ": "same"}


@dataclass(frozen=True, slots=True)
class Step:
    """One open question of the tightened version, with its answer so far."""

    placeholder: Placeholder
    answer: str
    is_kept: bool
    error: str

    @property
    def input_type(self) -> str:
        """The kind of the input field."""
        return "date" if self.placeholder.kind is PlaceholderKind.END_DATE else "text"


def diff_lines(before: str, after: str) -> Iterator[DiffLine]:
    for line in list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3))[2:]:
        yield DiffLine(_DIFF_KINDS.get(line[:1], "same"), line)

"""The versions of a policy and what changed between them."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.models import PolicyVersion
from inventory.pages.policy_lines import pretty_lines

_KINDS = {"+": "added", "-": "removed", "@": "place", " ": "same"}
SHOWN_VERSIONS = 12


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison; ``kind`` is ``added``, ``removed``, ``same`` or ``place``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A version with what it changed; no lines for the first one, or where only the layout changed."""

    version: PolicyVersion
    lines: tuple[DiffLine, ...]

    @property
    def is_first(self) -> bool:
        """Whether nothing came before it."""
        return self.version.number == 1


def changes(versions: Iterable[PolicyVersion]) -> list[Change]:
    """The versions of one policy, newest first, each compared with the one before."""
    ordered = sorted(versions, key=lambda version: version.number)
    pairs = zip([None, *ordered[:-1]], ordered, strict=True)
    found = [Change(version, _compare(before, version)) for before, version in pairs]
    return found[::-1][:SHOWN_VERSIONS]


def _compare(before: PolicyVersion | None, after: PolicyVersion) -> tuple[DiffLine, ...]:
    return compared(before.text, after.text) if before else ()


def compared(before: str, after: str) -> tuple[DiffLine, ...]:
    """The lines in which two documents differ, however they are laid out, with those around them."""
    lines = list(difflib.unified_diff(pretty_lines(before), pretty_lines(after), lineterm="", n=2))[2:]
    return tuple(DiffLine(_KINDS.get(line[:1], "same"), line) for line in lines)

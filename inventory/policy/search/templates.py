"""Templates: the shape of a text, put together from segments, and what is demanded of those who read it.

Several readers may each read some of the segments, so that the account inside a principal's ARN is the same as its
``aws:PrincipalAccount``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from inventory.policy.search.languages import Language

LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
UPPER = LOWER.upper()
PRINTABLE = "".join(chr(code) for code in range(32, 127))
"""Stands for any character at all: those beyond ASCII that a pattern names are tried as well."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text: ``text`` where it is fixed, else any ``low`` to ``high`` characters of ``alphabet``
    (no upper bound where ``high`` is 0).

    ``text`` of a free segment is what it is by preference. ``readers`` see this segment.
    """

    readers: tuple[str, ...]
    text: str
    alphabet: str = ""
    low: int = 0
    high: int = 0

    @property
    def is_free(self) -> bool:
        """Whether the text may differ."""
        return bool(self.alphabet)


@dataclass(frozen=True, slots=True)
class Demand:
    """What ``reader`` reads must be in the language, or outside it where ``is_inside`` is false."""

    reader: str
    language: Language
    is_inside: bool


Template = tuple[Segment, ...]


class Shape(tuple[Segment, ...]):  # noqa: SLOT001 - it remembers
    """A template that is used again and again: it remembers what each reader sees of it."""

    @cached_property
    def preferred(self) -> tuple[str, ...]:
        """The texts of the segments by preference."""
        return tuple(segment.text for segment in self)

    @cached_property
    def _seen(self) -> dict[str, tuple[int, ...]]:
        return {}

    @cached_property
    def _read(self) -> dict[str, str]:
        return {}

    def seen_by(self, reader: str) -> tuple[int, ...]:
        """The positions of the segments that a reader sees."""
        if reader not in self._seen:
            self._seen[reader] = tuple(index for index, segment in enumerate(self) if reader in segment.readers)
        return self._seen[reader]

    def preferred_by(self, reader: str) -> str:
        """What a reader reads by preference."""
        if reader not in self._read:
            self._read[reader] = "".join([self.preferred[index] for index in self.seen_by(reader)])
        return self._read[reader]


def read(template: Template, texts: Sequence[str], reader: str) -> str:
    """What one reader reads in a text."""
    if isinstance(template, Shape):
        if texts is template.preferred:
            return template.preferred_by(reader)
        return "".join([texts[index] for index in template.seen_by(reader)])
    return "".join([text for segment, text in zip(template, texts, strict=True) if reader in segment.readers])

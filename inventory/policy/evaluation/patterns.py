"""Patterns: text with ``*`` and ``?``, matched without backtracking."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache


class Wild(Enum):
    """The two wildcards; a literal ``*`` is the character itself."""

    MANY = "*"
    ONE = "?"


Pattern = tuple[str | Wild, ...]


@lru_cache(maxsize=2048)
def pattern_of(text: str) -> Pattern:
    """Text in which ``*`` and ``?`` are wildcards."""
    return tuple(Wild(char) if char in "*?" else char for char in text)


def literal_of(text: str) -> Pattern:
    """Text in which nothing is a wildcard."""
    return tuple(text)


def has_wildcard(pattern: Pattern) -> bool:
    """Whether any character of it is a wildcard."""
    return Wild.MANY in pattern or Wild.ONE in pattern


@lru_cache(maxsize=2048)
def folded(pattern: Pattern) -> Pattern:
    """The pattern for a comparison without case; the other side is folded by the caller."""
    return tuple(part if isinstance(part, Wild) else part.lower() for part in pattern)


def fields_of(pattern: Pattern) -> list[Pattern]:
    """The six colon-separated fields of an ARN pattern, fewer where it has fewer colons."""
    fields: list[Pattern] = []
    rest = pattern
    while ":" in rest and len(fields) < 5:
        cut = rest.index(":")
        fields.append(rest[:cut])
        rest = rest[cut + 1 :]
    return [*fields, rest]


def matches(pattern: Pattern, text: str) -> bool:
    """Whether the whole text fits; linear but for one remembered ``*``."""
    if not has_wildcard(pattern):
        return "".join(map(str, pattern)) == text
    at = here = 0
    star, resume = -1, 0
    while here < len(text):
        if at < len(pattern) and _takes(pattern[at], text[here]):
            at, here = at + 1, here + 1
        elif at < len(pattern) and pattern[at] is Wild.MANY:
            star, resume = at, here
            at += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return _only_many(pattern[at:])


def _takes(part: str | Wild, char: str) -> bool:
    return part is Wild.ONE or part == char


def _only_many(rest: Sequence[str | Wild]) -> bool:
    return all(part is Wild.MANY for part in rest)

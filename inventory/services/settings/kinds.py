"""What a setting may hold: each kind reads what was typed, and writes a value as people read it.

A stored value is JSON: a whole number, a text, a list of texts, true or false.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inventory.services.refusals import RefusedError, check_words

Stored = int | str | bool | list[str]
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
NEVER = "never"


class Kind(Protocol):
    """One kind of value."""

    def checked(self, key: str, typed: str) -> Stored:
        """What is stored for what was typed, which is not empty; raises :class:`RefusedError` at the key."""

    def shown(self, value: Stored) -> str:
        """As a page says it."""

    def typed(self, value: Stored) -> str:
        """As one would type it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number of ``unit`` within bounds, both included."""

    least: int
    most: int
    unit: str

    def checked(self, key: str, typed: str) -> Stored:
        if not re.fullmatch(r"[0-9]{1,6}", typed) or not self.least <= int(typed) <= self.most:
            raise RefusedError(key, f"Enter whole {self.unit} from {self.least} to {self.most}.")
        return int(typed)

    def shown(self, value: Stored) -> str:
        return f"{value} {self.unit}"

    def typed(self, value: Stored) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Words:
    """Words with commas between them, in their order."""

    most: int

    def checked(self, key: str, typed: str) -> Stored:
        words = list(dict.fromkeys(word.strip() for word in typed.split(",") if word.strip()))
        if not words or len(words) > self.most:
            raise RefusedError(key, f"Enter 1 to {self.most} words with commas between them.")
        for word in words:
            check_words(key, word, 128)
        return words

    def shown(self, value: Stored) -> str:
        return self.typed(value)

    def typed(self, value: Stored) -> str:
        return ", ".join(value) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """``HH:MM`` on the clocks of SESGOV_TIME_ZONE, or ``never`` where that is allowed."""

    may_be_never: bool = False

    def checked(self, key: str, typed: str) -> Stored:
        if typed.lower() == NEVER and self.may_be_never:
            return NEVER
        if not _TIME.fullmatch(typed):
            raise RefusedError(key, f"Enter a time such as 02:00{', or never' if self.may_be_never else ''}.")
        return typed

    def shown(self, value: Stored) -> str:
        return str(value)

    def typed(self, value: Stored) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few; ``options`` are pairs of what is stored and what people read."""

    options: Sequence[tuple[str, str]]

    def checked(self, key: str, typed: str) -> Stored:
        if typed not in dict(self.options):
            raise RefusedError(key, f"Choose {' or '.join(label for _, label in self.options)}.")
        return typed

    def shown(self, value: Stored) -> str:
        return dict(self.options).get(str(value), str(value))

    def typed(self, value: Stored) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    options: Sequence[tuple[str, str]] = (("on", "On"), ("off", "Off"))

    def checked(self, key: str, typed: str) -> Stored:
        if typed not in ("on", "off"):
            raise RefusedError(key, "Choose on or off.")
        return typed == "on"

    def shown(self, value: Stored) -> str:
        return "On" if value else "Off"

    def typed(self, value: Stored) -> str:
        return "on" if value else "off"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    longest: int

    def checked(self, key: str, typed: str) -> Stored:
        check_words(key, typed, self.longest)
        return typed

    def shown(self, value: Stored) -> str:
        return str(value) or "Nothing"

    def typed(self, value: Stored) -> str:
        return str(value)

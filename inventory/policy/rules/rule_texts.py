"""What a rule says to people: its title, why it matters, how to mend it, and what it supports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """From the worst to a hint, which is shown on the identity's page and counted nowhere."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 the worst."""
        return _ORDER.index(self)

    def at_least(self, other: "Severity") -> bool:
        """Whether this is as bad as the other or worse."""
        return self.rank <= other.rank

    def in_production(self) -> "Severity":
        """What is medium elsewhere is high on an identity in production."""
        return Severity.HIGH if self is Severity.MEDIUM else self


_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Reference:
    """A control that mending the finding supports (``framework``, ``control``), or a page of AWS (``url``)."""

    framework: str
    control: str
    title: str = ""
    url: str = ""


class Correction(StrEnum):
    """What has to happen to the statement or the policy that the finding names; to ``decide`` is for people alone."""

    REPLACE = "replace"
    REMOVE = "remove"
    COMPARE = "compare"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class RuleText:
    """The words of one rule. ``rule_id`` is stable for ever; ``severity`` is the default.

    ``console`` are steps in the order to do them, after the ones that lead to the policy. ``statement`` is what a
    corrected statement looks like, with upper-case words (``IDENTITY_ARN``) where the case's own values go.
    """

    rule_id: str
    title: str
    severity: Severity
    why: str
    correction: Correction
    console: tuple[str, ...]
    statement: Mapping[str, Any] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()

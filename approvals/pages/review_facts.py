"""The frozen evidence of a review item, read back into shapes that pages speak of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from approvals.rules.states import Observation, Standing


@dataclass(frozen=True, slots=True)
class Approval:
    """One of the two who agreed to the grant."""

    slot: str
    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GrantSaid:
    """The grant that speaks of the path, as it stood."""

    pk: int
    standing: Standing
    ends_on: date
    observation: Observation
    vendor: str
    approvals: tuple[Approval, ...]

    @property
    def is_over(self) -> bool:
        """Whether it had ended by then."""
        return self.standing.is_over


class Facts:
    """What was known of a path, from the canonical text of :mod:`approvals.services.campaigns.evidence`."""

    def __init__(self, text: str) -> None:
        self.said: Mapping[str, Any] = json.loads(text)

    @property
    def sentences(self) -> list[str]:
        """What it allows, in words."""
        return list(self.said["sentences"]) or ["Nobody can say what this allows."]

    @property
    def sentence(self) -> str:
        """The first of them."""
        return self.sentences[0]

    @property
    def since(self) -> datetime:
        """When a reading first showed it."""
        return datetime.fromisoformat(self.said["since"])

    @property
    def read_at(self) -> datetime | None:
        """The reading on which the evidence stands."""
        text = self.said["read_at"]
        return datetime.fromisoformat(text) if text else None

    @property
    def owner(self) -> str:
        """Who answered for the identity."""
        return self.said["owner"] or "nobody"

    @property
    def finding_rules(self) -> dict[str, int]:
        """The rules of the findings that were open, with the finding's number."""
        return {each["rule"]: each["id"] for each in self.said["findings"]}

    @cached_property
    def grant(self) -> GrantSaid | None:
        """The grant, if one spoke of it."""
        said = self.said["grant"]
        if said is None:
            return None
        approvals = (
            Approval(each["slot"], each["by"], each["role"], datetime.fromisoformat(each["at"]))
            for each in said["approvals"]
        )
        return GrantSaid(
            pk=said["id"],
            standing=Standing(said["standing"]),
            ends_on=date.fromisoformat(said["ends_on"]),
            observation=Observation(said["observation"]),
            vendor=said["vendor"] or "",
            approvals=tuple(approvals),
        )

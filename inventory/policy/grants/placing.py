"""Placing: where the new statements of a grant go, and what of the policies is different then."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from inventory.policy.grants.cutting import Cut
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms
from inventory.policy.reading.documents import MOST_CHARACTERS
from inventory.policy.reading.instants import iso
from inventory.policy.tightening.drafts import Draft, PolicyDraft, draft_of, pretty

MOST_POLICIES = 20
_VERSION = "2012-10-17"


@dataclass(slots=True)
class Room:
    """The policies of an identity as they are being changed; ``touched`` names those that are different."""

    drafts: list[PolicyDraft]
    touched: set[str]
    notes: list[str] = field(default_factory=list)

    def changes(self, before: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
        """What is to be written, by name, and what is to be deleted."""
        changed = [draft for draft in self.drafts if draft.name in self.touched]
        writes = {draft.name: fitting(draft.text()) for draft in changed if draft.left}
        gone = tuple(draft.name for draft in changed if not draft.left and draft.name in before)
        return writes, gone

    @property
    def is_full(self) -> bool:
        """Whether no further policy has room."""
        return sum(1 for draft in self.drafts if draft.left) >= MOST_POLICIES


@dataclass(frozen=True, slots=True)
class Placing:
    """The statements of some terms, on their way into the policies; ``name`` is for a policy of their own."""

    terms: GrantTerms
    name: str
    at: datetime

    def into(self, room: Room, cuts: Sequence[Cut]) -> str:
        """Put the statements where the first of the old ones stood, else into a policy of their own.

        Empty where there was room, else why there was none.
        """
        statements = minimal_policy(self._begun())["Statement"]
        places = [each for each in room.drafts if cuts and each.name == cuts[0].policy.name]
        if any(_take_in(place, statements, cuts[0].draft) for place in places):
            return ""
        if not room.is_full:
            self._add(room, statements)
            return ""
        for place in room.drafts:
            if place.left and _take_in(place, statements, None):
                room.touched.add(place.name)
                room.notes.append(f"SES takes {MOST_POLICIES} policies, so the statement goes into {place.name}.")
                return ""
        return f"SES takes {MOST_POLICIES} policies for an identity; all are there and none has room. Merge two first."

    def put_window(self, statement: Draft) -> None:
        """Give a statement the beginning and the end of the terms, and change nothing else of it."""
        starts_at = self._begun().starts_at
        if starts_at is not None:
            statement.put("DateGreaterThanEquals", "aws:CurrentTime", iso(starts_at))
        statement.put("DateLessThan", "aws:CurrentTime", iso(self.terms.ends_at))

    def _begun(self) -> GrantTerms:
        """The terms, without a start that is past."""
        starts_at = self.terms.starts_at
        return replace(self.terms, starts_on=None) if starts_at is not None and starts_at <= self.at else self.terms

    def _add(self, room: Room, statements: Sequence[Mapping[str, Any]]) -> None:
        taken = {draft.name for draft in room.drafts if draft.left}
        name = next(each for each in self._names() if each not in taken)
        room.drafts = [draft for draft in room.drafts if draft.name != name]
        room.drafts.append(draft_of(name, pretty({"Version": _VERSION, "Statement": list(statements)})))
        room.touched.add(name)

    def _names(self) -> list[str]:
        return [self.name, *(f"{self.name}-{number}" for number in range(2, MOST_POLICIES + 3))]


def _take_in(place: PolicyDraft, statements: Sequence[Mapping[str, Any]], old: Draft | None) -> bool:
    """Put statements into a policy, in the place of the old one; not where its version differs or it would not fit."""
    if place.left and place.root.get("Version") != _VERSION:
        return False
    sids = {draft.json.get("Sid") for draft in place.left}
    new = [Draft(place.statements[0].parsed, _with_free_sid(dict(each), sids)) for each in statements]
    at = next((i for i, each in enumerate(place.statements) if each is old), len(place.statements) - 1) + 1
    changed = [*place.statements[:at], *new, *place.statements[at:]]
    root = {**place.root, "Version": _VERSION}
    if len(fitting(PolicyDraft(place.name, root, changed).text())) > MOST_CHARACTERS:
        return False
    place.root, place.statements = root, changed
    return True


def _with_free_sid(statement: dict[str, Any], taken: set[Any]) -> dict[str, Any]:
    number = 1
    while f"Grant{number}" in taken:
        number += 1
    statement["Sid"] = f"Grant{number}"
    taken.add(statement["Sid"])
    return statement


def fitting(text: str) -> str:
    """A document as people lay it out, or without blanks where SES would not take it so."""
    if len(text.encode()) <= MOST_CHARACTERS:
        return text
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)

"""Drafts: a policy that is being changed, statement by statement, in the order in which it was written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory.policy.keys import find_key
from inventory.policy.reading.documents import Document, Statement, document_of
from inventory.policy.tightening.placeholders import marks_in

Block = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Draft:
    """One statement: as it was parsed, and as plain JSON that may be changed."""

    parsed: Statement
    json: dict[str, Any]
    is_removed: bool = False

    @property
    def condition(self) -> Block:
        """Its condition block, which may be changed; one is made where there is none."""
        block: Block = self.json.setdefault("Condition", {})
        return block

    def drop(self, operator: str, key: str) -> None:
        """Take out one condition, and what is empty then."""
        tests = self.condition.get(operator, {})
        tests.pop(key, None)
        if not tests:
            self.condition.pop(operator, None)
        if not self.condition:
            del self.json["Condition"]

    def drop_open_questions(self) -> None:
        """Take out the conditions whose values wait for an answer: they are asked for again."""
        for operator, tests in list(self.json.get("Condition", {}).items()):
            for key, values in list(tests.items()):
                if marks_in(json.dumps(values)):
                    self.drop(operator, key)

    def put(self, operator: str, key: str, values: Any) -> bool:
        """Set one condition; tells whether it took the place of another of the same operator and key."""
        tests = self.condition.setdefault(operator, {})
        others = [each for each in tests if _same(each, key)]
        for other in others:
            del tests[other]
        tests[key] = values
        return bool(others)

    def rename(self, operator: str, key: str, new_operator: str) -> bool:
        """Move one condition under another operator; not where that speaks of the key already."""
        if any(_same(each, key) for each in self.condition.get(new_operator, {})):
            return False
        values = self.condition[operator][key]
        self.drop(operator, key)
        self.put(new_operator, key, values)
        return True


def _same(left: str, right: str) -> bool:
    known = find_key(left)
    return (known.name if known else left).lower() == right.lower() or left.lower() == right.lower()


@dataclass(slots=True)
class PolicyDraft:
    """One policy with its statements."""

    name: str
    root: dict[str, Any]
    statements: list[Draft]

    @property
    def left(self) -> list[Draft]:
        """The statements that are not taken out."""
        return [draft for draft in self.statements if not draft.is_removed]

    def text(self) -> str:
        """The policy as JSON; empty where no statement is left."""
        left = [draft.json for draft in self.left]
        one = left[0] if len(left) == 1 and not isinstance(self.root["Statement"], list) else left
        return pretty({**self.root, "Statement": one}) if left else ""

    def read_again(self) -> None:
        """Parse the statements as they are now."""
        document = document_of(self.name, pretty({**self.root, "Statement": [draft.json for draft in self.statements]}))
        for draft, parsed in zip(self.statements, document.statements, strict=True):
            draft.parsed = parsed


def draft_of(name: str, text: str) -> PolicyDraft:
    """Take up a policy. Raises :class:`~inventory.policy.reading.jsontext.PolicyError`."""
    document: Document = document_of(name, text)
    root = json.loads(text.removeprefix("\ufeff"))
    listed = root["Statement"] if isinstance(root["Statement"], list) else [root["Statement"]]
    drafts = [Draft(parsed, plain) for parsed, plain in zip(document.statements, listed, strict=True)]
    return PolicyDraft(name, root, drafts)


def pretty(document: Mapping[str, Any]) -> str:
    """JSON as people lay it out."""
    return json.dumps(document, indent=2, ensure_ascii=False)

"""Cutting: taking single callers out of a statement that lets others in as well."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from inventory.policy.delegations import Delegation
from inventory.policy.grants.changes import Ground, names_of
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.tightening.drafts import Draft, PolicyDraft, pretty

# Positive conditions on who calls: a value taken out of their list takes out whom it stands for.
_OPERATORS = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike")
_WHO_KEYS = (
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:userid", "aws:sourceaccount",
    "aws:sourcearn",
)  # fmt: skip
Statement = dict[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value of a list that says who is let in."""

    path: Path
    value: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to go from one statement, and what has to stay."""

    ground: Ground
    policy: PolicyDraft
    draft: Draft
    go: Sequence[Delegation]
    stay: Sequence[Delegation]

    def make(self) -> str:
        """Change the draft; empty where that was possible, else why it was not, and then nothing is changed."""
        if not self.stay:
            self.draft.is_removed = True
            return ""
        if "NotPrincipal" in self.draft.json:
            return "it lets in everybody but a few (NotPrincipal)"
        for entries in (_principals, _values):
            found = self._to_drop(entries)
            if found:
                self.draft.json = _without(self.draft.json, found)
                return ""
        return "one entry of it stands for them and for others at once"

    def _to_drop(self, entries: Callable[[Statement], list[_Entry]]) -> list[_Entry]:
        """The entries that stand for those who go, all of them and nobody else; empty where there are none such."""
        going, staying = set(map(_who, self.go)), set(map(_who, self.stay))
        found, covered = [], set()
        for entry in entries(self.draft.json):
            means = self._means(entry)
            if means & going:
                if means & staying:
                    return []
                found.append(entry)
                covered |= means
        return found if going <= covered else []

    def _means(self, entry: _Entry) -> set[object]:
        root = {**self.policy.root, "Statement": [_alone(self.draft.json, entry)]}
        try:
            return set(map(_who, self.ground.parts({self.policy.name: pretty(root)})))
        except PolicyError:
            return set()


def _who(part: Delegation) -> object:
    return part.channel, part.reach, frozenset(names_of(part))


def _principals(statement: Statement) -> list[_Entry]:
    principal = statement["Principal"]
    kinds = principal if isinstance(principal, dict) else {}
    return [_Entry(("Principal", kind), value) for kind, values in kinds.items() for value in _listed(values)]


def _values(statement: Statement) -> list[_Entry]:
    return [
        _Entry(("Condition", operator, key), value)
        for operator, tests in statement.get("Condition", {}).items()
        if operator.rpartition(":")[2].lower().removesuffix("ifexists") in _OPERATORS
        for key, values in tests.items()
        if key.lower() in _WHO_KEYS and len(_listed(values)) > 1
        for value in _listed(values)
    ]


def _listed(values: Any) -> list[str]:
    return values if isinstance(values, list) else [values]


def _alone(statement: Statement, entry: _Entry) -> Statement:
    changed = deepcopy(statement)
    if entry.path[0] == "Principal":
        changed["Principal"] = {entry.path[1]: [entry.value]}
    else:
        _, operator, key = entry.path
        changed["Condition"][operator][key] = [entry.value]
    return changed


def _without(statement: Statement, entries: Sequence[_Entry]) -> Statement:
    changed = deepcopy(statement)
    for entry in entries:
        holder: dict[str, Any] = changed
        for step in entry.path[:-1]:
            holder = holder[step]
        left = [value for value in _listed(holder[entry.path[-1]]) if value != entry.value]
        holder[entry.path[-1]] = left
        if not left:
            del holder[entry.path[-1]]
    return changed

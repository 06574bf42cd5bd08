"""Documents: the text of a policy as statements, or an error that says where it went wrong."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_KNOWN = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_VERSIONS = ("2012-10-17", "2008-10-17")

Json = None | bool | str | list["Json"] | dict[str, "Json"]


class UnreadablePolicyError(ValueError):
    """Text that is no policy. ``line`` and ``column`` count from 1, ``None`` where unknown; ``element`` is a path."""

    def __init__(self, message: str, *, element: str = "", line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message, self.element, self.line, self.column = message, element, line, column


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with every scalar made a list.

    ``principals`` maps ``AWS``, ``Service``, ... to values; the bare ``"*"`` is ``{"*": ("*",)}``.
    ``unknown`` names elements that IAM does not know: what they would have changed is open.
    """

    policy: str
    index: int
    sid: str | None
    allows: bool
    variables: bool
    principals: Mapping[str, Sequence[str]]
    not_principals: Mapping[str, Sequence[str]] | None
    actions: Sequence[str]
    not_actions: Sequence[str] | None
    resources: Sequence[str]
    not_resources: Sequence[str] | None
    condition: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    unknown: Sequence[str] = ()


@lru_cache(maxsize=512)
def statements_of(policy: str, text: str) -> tuple[Statement, ...]:
    """The statements of one policy document, in order. Raises :class:`UnreadablePolicyError`."""
    try:
        return tuple(_read(policy, loads(text)))
    except UnreadablePolicyError as error:
        if error.line is None:
            error.line, error.column = _position(text, error.element)
        raise


def loads(text: str) -> Json:
    """The text as JSON, numbers as they are written. Raises :class:`UnreadablePolicyError`."""
    try:
        document: Json = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_unique,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise UnreadablePolicyError(error.msg, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise UnreadablePolicyError("nested too deeply", line=1, column=1) from error
    return document


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadablePolicyError(f"{twice!r} stands twice in one object", element=twice)
    return table


def _refuse_constant(name: str) -> Json:
    raise UnreadablePolicyError(f"{name} is not JSON", line=1, column=1)


def _position(text: str, element: str) -> tuple[int, int]:
    """Where the last name of the path stands first; the beginning where it stands nowhere."""
    names = [part for part in element.split(".") if part and not part.isdigit()]
    found = re.search(re.escape(json.dumps(names[-1])), text) if names else None
    before = text[: found.start()] if found else ""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _read(policy: str, document: Json) -> list[Statement]:
    if not isinstance(document, dict):
        raise UnreadablePolicyError("a policy is a JSON object")
    version = document.get("Version", _VERSIONS[1])
    if version not in _VERSIONS:
        raise UnreadablePolicyError(f"Version is {' or '.join(_VERSIONS)}", element="Version")
    unknown = [name for name in document if name not in ("Version", "Id", "Statement")]
    listed = document.get("Statement")
    entries = listed if isinstance(listed, list) else [listed]
    if "Statement" not in document or not entries:
        raise UnreadablePolicyError("a policy has a Statement", element="Statement")
    return [
        _statement(policy, index, entry, variables=version == _VERSIONS[0], unknown=unknown)
        for index, entry in enumerate(entries)
    ]


def _statement(policy: str, index: int, entry: Json, *, variables: bool, unknown: list[str]) -> Statement:
    path = f"Statement.{index}"
    if not isinstance(entry, dict):
        raise UnreadablePolicyError("a statement is a JSON object", element=path)
    if entry.get("Effect") not in ("Allow", "Deny"):
        raise UnreadablePolicyError("Effect is Allow or Deny", element=f"{path}.Effect")
    for name in ("Principal", "Action"):
        if (name in entry) == (f"Not{name}" in entry):
            raise UnreadablePolicyError(f"one of {name} and Not{name} is needed", element=f"{path}.{name}")
    if "Resource" in entry and "NotResource" in entry:
        raise UnreadablePolicyError("Resource and NotResource exclude each other", element=f"{path}.NotResource")
    sid = entry.get("Sid")
    return Statement(
        policy=policy,
        index=index,
        sid=sid if isinstance(sid, str) else None,
        allows=entry["Effect"] == "Allow",
        variables=variables,
        principals=_principals(entry.get("Principal", {}), f"{path}.Principal"),
        not_principals=_principals(entry["NotPrincipal"], f"{path}.NotPrincipal") if "NotPrincipal" in entry else None,
        actions=_texts(entry.get("Action", []), f"{path}.Action"),
        not_actions=_texts(entry["NotAction"], f"{path}.NotAction") if "NotAction" in entry else None,
        resources=_texts(entry.get("Resource", []), f"{path}.Resource"),
        not_resources=_texts(entry["NotResource"], f"{path}.NotResource") if "NotResource" in entry else None,
        condition=_condition(entry.get("Condition", {}), f"{path}.Condition"),
        unknown=[*unknown, *(name for name in entry if name not in _KNOWN)],
    )


def _texts(value: Json, path: str) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if not isinstance(entry, str):
            raise UnreadablePolicyError("text or a list of texts is needed", element=path)
    return [str(entry) for entry in entries]


def _principals(value: Json, path: str) -> dict[str, list[str]]:
    if isinstance(value, str):
        return {"*" if value == "*" else "malformed": [value]}
    if not isinstance(value, dict):
        raise UnreadablePolicyError('a principal is "*" or an object', element=path)
    return {kind: _texts(names, f"{path}.{kind}") for kind, names in value.items()}


def _condition(value: Json, path: str) -> dict[str, dict[str, list[str]]]:
    if not isinstance(value, dict):
        raise UnreadablePolicyError("a condition is an object", element=path)
    block: dict[str, dict[str, list[str]]] = {}
    for operator, tests in value.items():
        if not isinstance(tests, dict):
            raise UnreadablePolicyError("an operator holds keys with values", element=f"{path}.{operator}")
        block[operator] = {key: _values(wanted, f"{path}.{operator}.{key}") for key, wanted in tests.items()}
    return block


def _values(value: Json, path: str) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if not isinstance(entry, bool | str):
            raise UnreadablePolicyError("a value is text, a number or a boolean", element=path)
    return [str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in entries]

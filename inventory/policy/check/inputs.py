"""Check inputs: the policies in a file, whatever form it has, by the identity they stand on.

A file is one policy document, an object of name to document (or JSON text), a Terraform plan as JSON, or a
CloudFormation template as JSON with a custom resource that holds a policy.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.policy.check.infrastructure import Finding as Planned
from inventory.policy.check.infrastructure import planned_policies, templated_policies
from inventory.policy.reading.jsontext import Node, PolicyError, Span, parse

_POLICY_ELEMENTS = {"version", "id", "statement", "statements"}
_IDENTITY = re.compile(r"arn:[a-z0-9-]+:ses:[a-z0-9-]+:\d{12}:identity/[^*?$\s\"\\]+")
_PATTERN = re.compile(r"arn:[^:\s\"]*:ses:[^:\s\"]*:[^:\s\"]*:identity/[^\s\"]+")
_ACCOUNT = re.compile(r"\d{12}")
_LARGEST = 50_000_000


class InputError(ValueError):
    """A file or an argument that is not what the command reads; the message says where and why."""


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """One policy: its text, and where that stands in the file.

    ``is_verbatim``: the text is a stretch of the file from ``span.start``. Otherwise it is a text inside the file, or
    made from it, and ``span`` is where it came from. ``place`` names what holds it, such as a resource's address.
    """

    name: str
    text: str
    span: Span
    is_verbatim: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class CheckedIdentity:
    """An identity with its policies."""

    arn: str
    owner_account: str
    policies: tuple[CheckedPolicy, ...]


def read_identities(text: str, identity: str | None, owner: str | None, default_name: str) -> list[CheckedIdentity]:
    """The identities of a file. Raises ``PolicyError`` where nothing parses, :class:`InputError` else."""
    found = _policies(text, owner, default_name)
    grouped: dict[str, list[CheckedPolicy]] = {}
    fallback = identity or next((arn for policy, arn in found if arn), None)
    for policy, arn in found:
        chosen = identity or arn or fallback or _guess(policy.text, owner)
        grouped.setdefault(chosen, []).append(policy)
    return [CheckedIdentity(arn, _owner(arn, owner), tuple(policies)) for arn, policies in grouped.items()]


def _owner(arn: str, owner: str | None) -> str:
    fields = arn.split(":", 5)
    account = owner or (fields[4] if len(fields) == 6 else "")
    if not _ACCOUNT.fullmatch(account):
        raise InputError(f"{arn} names no account: give the whole ARN of the identity, or the account that owns it")
    return account


def _guess(text: str, owner: str | None) -> str:
    """An identity that a policy which names none in full would be for: what its pattern leaves open is filled in."""
    known = ("arn", "aws", "ses", "us-east-1", owner or "000000000000", "identity/identity.example")
    found = _PATTERN.search(text)
    if found is None:
        return ":".join(known)
    fields = [_filled(field, usual) for field, usual in zip(found.group().split(":", 5), known, strict=True)]
    return ":".join(fields)


def _filled(field: str, usual: str) -> str:
    if not set(field) & set("*?$"):
        return field
    start = "identity/" if field.startswith("identity/") else ""
    name = re.sub(r"\$\{[^}]*\}", "x", field[len(start) :]).replace("?", "x")
    plain = usual.removeprefix(start) if start else usual
    return start + name.replace("*", plain if name == "*" else "x" if plain.count(".") == 0 else plain)


def identity_in(text: str) -> str | None:
    """The first identity that a Resource names in full; in a text that does not parse, the first at all."""
    try:
        named = _resources(parse(text, largest=_LARGEST))
    except PolicyError:
        named = iter(match.group() for match in _IDENTITY.finditer(text))
    return next((resource for resource in named if _IDENTITY.fullmatch(resource)), None)


def _resources(node: Node) -> Iterator[str]:
    """Every text under a name ``Resource``, in whatever case, in order."""
    if isinstance(node.value, list):
        for item in node.value:
            yield from _resources(item)
    elif isinstance(node.value, dict):
        for name, member in node.value.items():
            yield from _texts(member) if name.lower() == "resource" else _resources(member)


def _texts(node: Node) -> Iterator[str]:
    items = node.value if isinstance(node.value, list) else [node]
    yield from (item.value for item in items if isinstance(item.value, str))


Found = list[tuple[CheckedPolicy, str | None]]


def _policies(text: str, owner: str | None, default_name: str) -> Found:
    root = parse(text, largest=_LARGEST)
    members = root.value
    if not isinstance(members, dict) or _is_policy(members):
        return [(CheckedPolicy(default_name, text, root.span, True), identity_in(text))]
    if "planned_values" in members or "resource_changes" in members:
        return _from_infrastructure(text, planned_policies(root), "the plan holds no SES identity policy", owner)
    if isinstance(members.get("Resources"), Node) and isinstance(members["Resources"].value, dict):
        nothing = "the template holds no SES identity policy"
        return _from_infrastructure(text, templated_policies(root, owner), nothing, owner)
    if not members or not all(isinstance(node.value, dict | str) for node in members.values()):
        return [(CheckedPolicy(default_name, text, root.span, True), identity_in(text))]
    return [(policy, identity_in(policy.text)) for policy in _from_map(text, root)]


def _is_policy(names: Iterable[str]) -> bool:
    return any(name.lower() in _POLICY_ELEMENTS for name in names)


def _from_map(text: str, root: Node) -> Iterator[CheckedPolicy]:
    for name, node in root.value.items() if isinstance(root.value, dict) else ():
        if isinstance(node.value, str):
            yield CheckedPolicy(name, node.value, node.span, False)
        else:
            yield CheckedPolicy(name, text[node.span.start : node.span.end], node.span, True)


def _from_infrastructure(text: str, found: Iterable[Planned], nothing: str, owner: str | None) -> Found:
    policies = [
        (
            CheckedPolicy(
                each.name,
                text[each.span.start : each.span.end] if each.is_verbatim else each.text,
                each.span,
                each.is_verbatim,
                each.place,
            ),
            each.identity if each.identity.startswith("arn:") else _identity_of(each, owner),
        )
        for each in found
    ]
    if not policies:
        raise InputError(nothing)
    return policies


def _identity_of(each: Planned, owner: str | None) -> str | None:
    named = identity_in(each.text)
    if named is not None or not each.identity or owner is None:
        return named
    return f"arn:aws:ses:us-east-1:{owner}:identity/{each.identity}"

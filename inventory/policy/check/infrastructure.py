"""Infrastructure: identity policies inside Terraform plans and CloudFormation templates."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inventory.policy.reading.jsontext import Node, Number, Span

_TERRAFORM = {
    "aws_ses_identity_policy": ("identity", "name"),
    "aws_sesv2_email_identity_policy": ("email_identity", "policy_name"),
}
_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_IDENTITY_NAMES = ("identity", "emailidentity", "emailidentityname", "identityarn", "domain", "email")
_NAME_NAMES = ("policyname", "name")
_SUBSTITUTE = re.compile(r"\$\{(!?)([^}]+)\}")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """One policy: ``identity`` is an ARN, a domain, an address or empty; ``place`` the resource that holds it.

    ``is_verbatim``: ``span`` is the policy itself, as it stands in the file.
    """

    name: str
    identity: str
    text: str
    span: Span
    place: str
    is_verbatim: bool = False


# Terraform.


def planned_policies(root: Node) -> Iterator[Finding]:
    """The policies that a plan (``terraform show -json``) would leave."""
    values = root.at(("planned_values", "root_module"))
    if values is not None:
        yield from _in_module(values)
        return
    changes = root.step("resource_changes")
    for change in changes.value if changes is not None and isinstance(changes.value, list) else []:
        after = change.at(("change", "after"))
        if after is not None and isinstance(after.value, dict):
            yield from _planned(change, after)


def _in_module(module: Node) -> Iterator[Finding]:
    for resource in _items(module.step("resources")):
        values = resource.step("values")
        if values is not None:
            yield from _planned(resource, values)
    for child in _items(module.step("child_modules")):
        yield from _in_module(child)


def _planned(resource: Node, values: Node) -> Iterator[Finding]:
    names = _TERRAFORM.get(_text(resource.step("type")))
    if names is None:
        return
    identity, name = (_text(values.step(each)) for each in names)
    place, policy = _text(resource.step("address")), values.step("policy")
    if policy is None or not isinstance(policy.value, str):
        text = "" if policy is None or policy.value is None else json.dumps(_plain(policy))
        span = values.span if policy is None else policy.span
    else:
        text, span = str(policy.value), policy.span
    yield Finding(name or place, identity, text, span, place)


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node | None) -> str:
    return str(node.value) if node is not None and isinstance(node.value, str) else ""


# CloudFormation.


def templated_policies(root: Node, owner: str | None) -> Iterator[Finding]:
    """The policies in the custom resources of a template; parameters stand for their defaults."""
    known = {"AWS::AccountId": owner or "000000000000", "AWS::Region": "us-east-1", "AWS::Partition": "aws"}
    parameters = root.step("Parameters")
    for name, node in parameters.value.items() if parameters is not None and isinstance(parameters.value, dict) else ():
        known[name] = _text(node.step("Default")) or name
    resources = root.step("Resources")
    for name, resource in (
        resources.value.items() if resources is not None and isinstance(resources.value, dict) else ()
    ):
        properties = resource.step("Properties")
        if properties is not None and _text(resource.step("Type")).startswith(_CUSTOM):
            yield from _in_properties(name, properties, known)


def _in_properties(place: str, properties: Node, known: Mapping[str, str]) -> Iterator[Finding]:
    plain = resolved(_plain(properties), known)
    documents, nodes = list(_documents(plain, {}, 0)), list(_policy_nodes(properties))
    places = nodes if len(nodes) == len(documents) else [properties] * len(documents)
    seen = set()
    for (holder, document), node in zip(documents, places, strict=True):
        text = document if isinstance(document, str) else json.dumps(document, indent=2)
        if text not in seen:
            seen.add(text)
            name = _named(holder, _NAME_NAMES) or place
            identity = _named(holder, _IDENTITY_NAMES)
            yield Finding(name, identity, text, node.span, place, is_verbatim=_plain(node) == document != text)


def _policy_nodes(node: Node) -> Iterator[Node]:
    """Where the policies stand, in order."""
    if isinstance(node.value, dict) and "Statement" not in node.value:
        for member in node.value.values():
            yield from _policy_nodes(member)
    elif isinstance(node.value, list):
        for item in node.value:
            yield from _policy_nodes(item)
    elif isinstance(node.value, dict) or (isinstance(node.value, str) and '"Statement"' in node.value):
        yield node


def _named(holder: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((v for k, v in holder.items() if k.lower() in names and isinstance(v, str)), "")


def _documents(value: Any, holder: Mapping[str, Any], depth: int) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Everything that looks like a policy, with the object it stands in, JSON inside texts included."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        inner = _json_in(value)
        if isinstance(inner, dict) and "Statement" in inner:
            yield holder, value
        elif inner is not None:
            yield from _documents(inner, holder, depth + 1)
    elif isinstance(value, dict):
        if "Statement" in value:
            yield holder, value
            return
        for each in value.values():
            yield from _documents(each, {**holder, **value}, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _documents(each, holder, depth + 1)


def _json_in(text: str) -> Any:
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def resolved(value: Any, known: Mapping[str, str]) -> Any:
    """A template's value with ``Ref``, ``Fn::Sub`` and ``Fn::Join`` filled in as far as they are known."""
    if isinstance(value, list):
        return [resolved(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inside),) = value.items()
        made = _intrinsic(name, resolved(inside, known), known)
        if made is not None:
            return made
    return {name: resolved(each, known) for name, each in value.items()}


def _intrinsic(name: str, inside: Any, known: Mapping[str, str]) -> str | None:
    if name == "Ref" and isinstance(inside, str):
        return known.get(inside, inside)
    if name == "Fn::Sub":
        template, local = (inside, {}) if isinstance(inside, str) else (inside[0], inside[1])
        names = {**known, **{key: str(each) for key, each in local.items()}}
        return _SUBSTITUTE.sub(lambda found: _substituted(found, names), template)
    if name == "Fn::Join" and isinstance(inside, list) and len(inside) == 2 and isinstance(inside[1], list):
        return str(inside[0]).join(str(each) for each in inside[1])
    if name == "Fn::GetAtt":
        return ".".join(inside) if isinstance(inside, list) else str(inside)
    return None


def _substituted(found: re.Match[str], names: Mapping[str, str]) -> str:
    return "${" + found[2] + "}" if found[1] else names.get(found[2], found[2])


def _plain(node: Node) -> Any:
    """The node as plain values."""
    if isinstance(node.value, dict):
        return {name: _plain(each) for name, each in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(each) for each in node.value]
    if isinstance(node.value, Number):
        return str(node.value)
    return node.value

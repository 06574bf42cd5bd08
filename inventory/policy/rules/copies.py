"""Copies: what the same name in other regions, or an address below the domain, lets in beside this identity."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis, Delegation, Limit
from inventory.policy.note_codes import NoteCode
from inventory.policy.rules.conditions import notes
from inventory.policy.rules.documents import effect, statements
from inventory.policy.rules.parties import parties
from inventory.policy.rules.subjects import IdentitySubject, WayAround
from inventory.policy.rules.violations import Violation, violation
from inventory.policy.rules.wording import listed

_REGIONAL_KEYS = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:requestedregion"})
_PROBE = "sesgov-escape-probe"


def admission_lines(analysis: Analysis) -> frozenset[str]:
    """Who outside is let in, for what and within which limits: one line each, alike in all regions.

    Names and order of policies and statements do not matter. The first field of a line, up to the first blank, is the
    party. What differs between regions by nature (the region in an ARN, VPC ids) is left out.
    """
    fields = analysis.identity_arn.split(":", 5)
    region = fields[3] if len(fields) == 6 else ""
    lines: set[str] = set()
    for delegation in analysis.delegations:
        if delegation.is_outside:
            what = _what(delegation)
            lines.update(
                f"{party.subject} {what}".replace(f":{region}:", "::") if region else f"{party.subject} {what}"
                for party in parties(delegation, {})
            )
    return frozenset(lines)


def region_drift(subject: IdentitySubject) -> Iterator[Violation]:
    """``region-drift``, on each copy that lets in somebody whom another copy does not."""
    own = admission_lines(subject.analysis)
    narrower = [copy for copy in subject.region_copies if own - copy.admits]
    if not narrower:
        return
    extra = sorted({line.split(" ", 1)[0] for copy in narrower for line in own - copy.admits})
    who = listed(["anyone" if name == "*" else name for name in extra])
    where = listed(sorted(copy.region for copy in narrower))
    text = f"In {subject.region} the policies let in {who} in a way that {where} does not."
    yield violation("region-drift", text)


def denials(policies: Mapping[str, str]) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Every Deny of these policies with its policy and place, but for the one that only asks for encryption."""
    return [
        (name, index, statement)
        for name, text in policies.items()
        for index, statement in enumerate(statements(text))
        if effect(statement) == "Deny" and not _only_asks_for_tls(statement)
    ]


def escaped_denials(subject: IdentitySubject) -> Iterator[Violation]:
    """``dead-deny`` for a Deny that another identity lacks and that would narrow what that one lets in."""
    dead = {(note.policy, note.statement) for note in notes(subject, NoteCode.DEAD_DENY)}
    live = [deny for deny in denials(subject.policies) if deny[:2] not in dead]
    for way in subject.ways_around if live else ():
        before = _admitted(subject, way, [])
        if not before or before == _admitted(subject, way, [deny[2] for deny in live]):
            continue
        for name, index, statement in live:
            if before - _admitted(subject, way, [statement]):
                text = f"{way.arn} lets in callers whom this Deny keeps out: it has policies of its own."
                yield violation("dead-deny", text, policy=name, statement=index, subject=way.arn)


def _admitted(subject: IdentitySubject, way: WayAround, added: list[Mapping[str, Any]]) -> frozenset[str]:
    policies = dict(way.policies)
    for index, statement in enumerate(added):
        document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": way.arn}]}
        policies[f"{_PROBE}-{index}"] = json.dumps(document)
    analysis = analyse(
        owner_account=subject.owner_account,
        identity_arn=way.arn,
        policies=policies,
        registry=subject.registry,
        at=subject.at,
    )
    return admission_lines(analysis)


def _only_asks_for_tls(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, dict) or not condition:
        return False
    keys = {key.lower() for block in condition.values() if isinstance(block, dict) for key in block}
    return keys == {"aws:securetransport"}


def _what(delegation: Delegation) -> str:
    limits = sorted({_limit(limit) for limit in delegation.limits if limit.is_effective})
    return " ".join((delegation.reach, ",".join(sorted(delegation.actions)), *limits))


def _limit(limit: Limit) -> str:
    values = () if limit.key.lower() in _REGIONAL_KEYS else limit.values
    return f"{limit.operator}({limit.key}:{'|'.join(sorted(values))})"

"""Copies: what the same name in other regions, or an address below the domain, lets in beside this identity."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis, Delegation, Limit
from inventory.policy.rules.documents import effect, statements
from inventory.policy.rules.parties import parties
from inventory.policy.rules.subjects import IdentitySubject, RegionCopy, WayAround
from inventory.policy.rules.violations import Violation, violation
from inventory.policy.rules.wording import account_words, listed
from inventory.policy.trust import Registry

_REGIONAL_KEYS = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:requestedregion"})


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
    """``region-drift``, as :func:`drift` says."""
    return drift(subject.region, admission_lines(subject.analysis), subject.region_copies)


def drift(region: str, own: frozenset[str], copies: tuple[RegionCopy, ...]) -> Iterator[Violation]:
    """``region-drift`` on a copy that lets in somebody, or for something, that another copy does not."""
    narrower = [copy for copy in copies if own - copy.admits]
    if narrower:
        extra = sorted({line.split(" ", 1)[0] for copy in narrower for line in own - copy.admits})
        who = listed([account_words(name) for name in extra])
        where = listed(sorted(copy.region for copy in narrower))
        yield violation("region-drift", f"In {region} the policies let in {who} in a way that {where} does not.")


def denials(policies: Mapping[str, str]) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Every Deny of these policies with its policy and place, but for the one that only asks for encryption."""
    return [
        (name, index, statement)
        for name, text in policies.items()
        for index, statement in enumerate(statements(text))
        if effect(statement) == "Deny" and not _only_asks_for_tls(statement)
    ]


def escaped_denials(subject: IdentitySubject) -> Iterator[Violation]:
    """``dead-deny``, as :func:`escapes` says, over every way around that is known."""
    for way in subject.ways_around:
        yield from escapes(subject.policies, way, owner=subject.owner_account, registry=subject.registry, at=subject.at)


def escapes(
    policies: Mapping[str, str], way: WayAround, *, owner: str, registry: Registry, at: datetime
) -> Iterator[Violation]:
    """``dead-deny`` for a Deny of these policies that the other identity lacks and that would narrow what it lets in.

    A Deny that cannot fire would narrow nothing there either: that one is told by the analyser's note.
    """
    found = denials(policies)

    def admitted(added: list[Mapping[str, Any]]) -> frozenset[str]:
        joined = {**way.policies, **_probes(added, way.arn)}
        return admission_lines(
            analyse(owner_account=owner, identity_arn=way.arn, policies=joined, registry=registry, at=at)
        )

    before = admitted([]) if found else frozenset()
    if not before or before == admitted([statement for _, _, statement in found]):
        return
    for name, index, statement in found:
        if before - admitted([statement]):
            text = f"{way.arn} lets in callers whom this Deny keeps out: it has policies of its own."
            yield violation("dead-deny", text, policy=name, statement=index, subject=way.arn)


def _probes(added: list[Mapping[str, Any]], arn: str) -> dict[str, str]:
    return {
        f"sesgov-escape-probe-{index}": json.dumps(
            {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}
        )
        for index, statement in enumerate(added)
    }


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

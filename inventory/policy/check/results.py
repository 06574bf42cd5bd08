"""Check results: what was found about the policies of a file, and where in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from inventory.policy.analysis import analyse
from inventory.policy.check.inputs import CheckedIdentity, CheckedPolicy
from inventory.policy.delegations import Analysis, Delegation, Note
from inventory.policy.reach import Reach
from inventory.policy.reading.documents import Document, document_of
from inventory.policy.reading.jsontext import PolicyError, Span
from inventory.policy.rules.judging import judge
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation
from inventory.policy.trust import Registry


@dataclass(frozen=True)
class CheckResult:
    """One identity: its analysis and the violations, worst first."""

    identity: CheckedIdentity
    analysis: Analysis
    violations: tuple[Violation, ...]

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The policies that can be read, by name."""
        found = {}
        for policy in self.identity.policies:
            try:
                found[policy.name] = document_of(policy.name, policy.text)
            except PolicyError:
                continue
        return found

    @property
    def name(self) -> str:
        """The domain or address."""
        return self.identity.arn.partition(":identity/")[2] or self.identity.arn

    def policy(self, name: str) -> CheckedPolicy | None:
        """One policy by its name."""
        return next((policy for policy in self.identity.policies if policy.name == name), None)

    def span(self, violation: Violation) -> Span | None:
        """Where in the file the violation stands; the policy as a whole where nothing nearer is known."""
        policy = self.policy(violation.policy) or self.identity.policies[0]
        if not policy.is_verbatim:
            return policy.span
        problem = next((p for p in self.analysis.problems if p.policy == policy.name), None)
        if problem is not None and problem.line and problem.column:
            return _moved(Span(0, 1, problem.line, problem.column), policy)
        document = self.documents.get(policy.name)
        inside = document.span(violation.path) if document is not None and violation.path else None
        return _moved(inside, policy) if inside is not None else policy.span


def _moved(inside: Span, policy: CheckedPolicy) -> Span:
    """A place in a policy as a place in the file that the policy is a stretch of."""
    outer = policy.span
    if policy.text.startswith("\ufeff") or not outer.start:
        return inside
    column = inside.column + outer.column - 1 if inside.line == 1 else inside.column
    return Span(inside.start + outer.start, inside.end + outer.start, inside.line + outer.line - 1, column)


def check(identity: CheckedIdentity, registry: Registry, at: datetime) -> CheckResult:
    """Analyse and judge the policies of one identity."""
    policies = {policy.name: policy.text for policy in identity.policies}
    analysis = analyse(
        owner_account=identity.owner_account, identity_arn=identity.arn, policies=policies, registry=registry, at=at
    )
    name = identity.arn.partition(":identity/")[2]
    subject = IdentitySubject(
        name=name,
        arn=identity.arn,
        identity_type="EMAIL_ADDRESS" if "@" in name else "DOMAIN",
        owner_account=identity.owner_account,
        analysis=analysis,
        at=at,
        policies=policies,
        registry=registry,
    )
    return CheckResult(identity, analysis, judge(subject))


def widest(results: list[CheckResult]) -> Reach:
    """The widest reach of all."""
    return min((result.analysis.widest for result in results), key=lambda reach: reach.rank, default=Reach.INERT)


def fails(results: list[CheckResult], threshold: Severity) -> bool:
    """Whether anything is as bad as the threshold or worse."""
    return any(v.severity.at_least(threshold) for result in results for v in result.violations)


def as_json(results: list[CheckResult]) -> dict[str, Any]:
    """The answer of ``--format json``. With several identities each entry also names its identity."""
    several = len(results) > 1
    return {
        "reach": widest(results).value,
        "delegations": [entry for result in results for entry in _delegations(result, several=several)],
        "findings": [entry for result in results for entry in _findings(result, several=several)],
    }


def _delegations(result: CheckResult, *, several: bool) -> Iterator[dict[str, Any]]:
    for delegation in result.analysis.delegations:
        yield {**({"identity": result.identity.arn} if several else {}), **delegation_json(delegation)}


def _findings(result: CheckResult, *, several: bool) -> Iterator[dict[str, Any]]:
    for violation in result.violations:
        yield {
            **({"identity": result.identity.arn} if several else {}),
            "rule": violation.rule_id,
            "severity": violation.severity.value,
            "policy": violation.policy,
            "statement": violation.statement,
            "text": violation.text,
        }


def delegation_json(delegation: Delegation) -> dict[str, Any]:
    """One delegation as plain values."""
    return {
        "policy": delegation.policy,
        "sid": delegation.sid,
        "statement": delegation.statement,
        "channel": delegation.channel.value,
        "reach": delegation.reach.value,
        "trust": delegation.trust.value if delegation.trust is not None else None,
        "accounts": list(delegation.accounts),
        "organizations": list(delegation.organizations),
        "principals": list(delegation.principals),
        "services": list(delegation.services),
        "action_classes": list(delegation.action_classes),
        "actions": list(delegation.actions),
        "limits": [
            {
                "kind": limit.kind,
                "key": limit.key,
                "operator": limit.operator,
                "values": list(limit.values),
                "is_effective": limit.is_effective,
            }
            for limit in delegation.limits
        ],
        "notes": [_note(note) for note in delegation.notes],
        "witness": delegation.witness.to_json() if delegation.witness is not None else None,
        "reason": delegation.reason,
        "starts_at": delegation.starts_at.isoformat() if delegation.starts_at else None,
        "ends_at": delegation.ends_at.isoformat() if delegation.ends_at else None,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"code": str(note.code), "text": note.text, "path": list(note.path)}

"""Grant checks: what the policies of a file allow and no approved grant covers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from inventory.policy.check.results import CheckResult
from inventory.policy.delegations import Delegation
from inventory.policy.grants.coverage import Axis, Match, Wider, covers, parts_of
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.reach import Reach
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.rules.violations import Violation, principal_path, violation
from inventory.policy.words.sentences import describe

_OPEN = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK)


class GrantFileError(ValueError):
    """A file that holds no list of grants; the message says which grant and member."""


def read_grants(text: str, file: str) -> list[GrantTerms]:
    """A JSON list of terms. Raises :class:`GrantFileError`."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise GrantFileError(f"{file}: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise GrantFileError(f"{file}: nested too deeply") from None
    if not isinstance(data, list):
        raise GrantFileError(f"{file}: a list of grants is needed")
    grants = []
    for number, each in enumerate(data, 1):
        try:
            grants.append(GrantTerms.from_json(each))
        except TermsError as error:
            raise GrantFileError(f"{file}: grant {number}, {error}") from None
    return grants


def with_grants(result: CheckResult, grants: Sequence[GrantTerms], at: datetime) -> CheckResult:
    """The result with a violation for each outsider whom no grant covers, worst first."""
    own = [terms for terms in grants if terms.identity_arn.lower() == result.identity.arn.lower()]
    found = (*result.violations, *_each_once(_uncovered(result, own, at)))
    return replace(result, violations=tuple(sorted(found, key=lambda each: each.severity.rank)))


def _each_once(found: Iterator[Violation]) -> Iterator[Violation]:
    """One for each statement and subject: direct calls and those through endpoints are one thing to people."""
    seen = set()
    for each in found:
        key = (each.rule_id, each.policy, each.statement, each.subject)
        if key not in seen:
            seen.add(key)
            yield each


def _uncovered(result: CheckResult, grants: Sequence[GrantTerms], at: datetime) -> Iterator[Violation]:
    for delegation in result.analysis.delegations:
        for part in parts_of(delegation) if delegation.is_outside else ():
            verdicts = [covers(terms, part, at=at) for terms in grants]
            if Match() not in verdicts:
                yield _violation(part, [each for each in verdicts if isinstance(each, Wider)], result.name)


def _violation(part: Delegation, verdicts: Sequence[Wider], name: str) -> Violation:
    near = [each for each in verdicts if all(reason.axis is not Axis.WHO for reason in each.reasons)]
    rule_id, severity = "scope-exceeded", Severity.HIGH
    if near:
        nearest = min(near, key=lambda each: len(each.reasons))
        text = f"Wider than approved: {'; '.join(reason.text for reason in nearest.reasons)}."
    else:
        rule_id, severity = "unapproved-delegation", Severity.CRITICAL if part.reach in _OPEN else Severity.HIGH
        text = f"{describe(part, name, {})} No approved grant covers it."
    return violation(
        rule_id,
        text,
        policy=part.policy,
        statement=part.statement,
        subject=_subject(part),
        path=principal_path(part.statement),
        severity=severity,
    )


def _subject(part: Delegation) -> str:
    if part.reach in _OPEN:
        return "*"
    if part.reach is Reach.PRINCIPAL:
        return part.principals[0] if part.principals else ""
    if part.services:
        return part.services[0]
    return next(iter((*part.accounts, *part.organizations)), "")

"""Check reports: the results as a developer reads them in a terminal, and as SARIF 2.1 for code scanning."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from inventory.policy.check.results import CheckResult, fails, widest
from inventory.policy.reading.jsontext import Span
from inventory.policy.rules.catalogue import RULES
from inventory.policy.rules.rule_texts import RuleText, Severity
from inventory.policy.rules.violations import Violation
from inventory.policy.words.sentences import describe_analysis

_LEVELS = {
    Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note",
    Severity.INFO: "note",
}  # fmt: skip
_SCORES = {
    Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0", Severity.INFO: "0.0",
}  # fmt: skip
_WIDEST_LINE = 110


# Text.


def as_text(results: list[CheckResult], source: str, file: str, threshold: Severity) -> str:
    """Who can send, then what is wrong, each at its line with a caret under the element."""
    lines = source.split("\n")
    report = [line for result in results for line in _identity(result, lines, file)]
    verdict = "fails" if fails(results, threshold) else "passes"
    count = sum(not _is_hint(v) for result in results for v in result.violations)
    report.append(
        f"{count} finding{'' if count == 1 else 's'}; widest reach {widest(results)}; {verdict} at {threshold}."
    )
    return "\n".join(report) + "\n"


def _identity(result: CheckResult, lines: list[str], file: str) -> Iterator[str]:
    yield f"{result.name} ({result.identity.arn})"
    sentences = describe_analysis(result.analysis, {})
    yield from (f"  - {sentence}" for sentence in sentences or ["Nobody else can do anything as this identity."])
    for delegation in result.analysis.delegations:
        if delegation.reason and delegation.trust is None:
            yield f"  - Statement {delegation.statement + 1} of {delegation.policy}: {delegation.reason}"
    yield ""
    for violation in result.violations:
        yield from _violation(result, violation, lines, file)
        yield ""


def _violation(result: CheckResult, violation: Violation, lines: list[str], file: str) -> Iterator[str]:
    rule, span = RULES[violation.rule_id], result.span(violation)
    where = f"{file}:{span.line}:{span.column}" if span is not None else file
    policy = result.policy(violation.policy)
    place = f" [{policy.place}]" if policy is not None and policy.place else ""
    yield f"{where}: {violation.severity}: {rule.title} ({violation.rule_id}){place}"
    if span is not None:
        yield from _marked(lines, span)
    yield f"  {violation.text}"
    yield f"  Why: {rule.why}"
    yield f"  Fix: {_fix(rule)}"


def _fix(rule: RuleText) -> str:
    return " ".join(rule.console) if rule.console else rule.title


def _marked(lines: list[str], span: Span) -> Iterator[str]:
    """The line with a caret under what is meant, as far as it stands on that line."""
    if span.line > len(lines):
        return
    line = lines[span.line - 1].rstrip("\r")
    start = span.column - 1
    offset = max(0, start - _WIDEST_LINE // 2) if len(line) > _WIDEST_LINE else 0
    shown = line[offset : offset + _WIDEST_LINE]
    length = max(1, min(span.end - span.start, len(line) - start, _WIDEST_LINE - (start - offset)))
    number = f"{span.line:5d}"
    yield f"{number} | {shown.replace(chr(9), ' ')}"
    yield f"{' ' * len(number)} | {' ' * (start - offset)}{'^' * length}"


def _is_hint(violation: Violation) -> bool:
    return violation.severity is Severity.INFO


# SARIF.


def as_sarif(results: list[CheckResult], source: str, file: str) -> dict[str, Any]:
    """One run with a result for each finding, in the form of SARIF 2.1.0."""
    found = [(result, violation) for result in results for violation in result.violations]
    ids = sorted({violation.rule_id for _, violation in found})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "sesgov", "rules": [_rule(RULES[rule_id]) for rule_id in ids]}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(result, violation, ids, source, file) for result, violation in found],
            }
        ],
    }


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": _fix(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"security-severity": _SCORES[rule.severity]},
    }


def _result(result: CheckResult, violation: Violation, ids: list[str], source: str, file: str) -> dict[str, Any]:
    span = result.span(violation)
    location: dict[str, Any] = {"artifactLocation": {"uri": "stdin.json" if file == "-" else quote(file)}}
    if span is not None:
        location["region"] = _region(span, source)
    return {
        "ruleId": violation.rule_id,
        "ruleIndex": ids.index(violation.rule_id),
        "level": _LEVELS[violation.severity],
        "message": {"text": violation.text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "sesgov/v1": "/".join(
                [violation.rule_id, result.identity.arn, violation.policy, str(violation.statement), violation.subject]
            )
        },
        "properties": {"severity": violation.severity.value},
    }


def _region(span: Span, source: str) -> dict[str, int]:
    end = min(span.end, len(source))
    line = source.count("\n", 0, end) + 1
    column = end - (source.rfind("\n", 0, end) + 1) + 1
    region = {"startLine": span.line, "startColumn": span.column}
    return {**region, "endLine": line, "endColumn": column} if line >= span.line else region

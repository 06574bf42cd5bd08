"""The remarks on a text of one or several policies, at the lines of that text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inventory.pages.finding import TONES
from inventory.pages.policy_lines import Remark
from inventory.pages.policy_remarks import policy_remarks
from inventory.policy.check.inputs import CheckedPolicy
from inventory.policy.check.results import CheckResult

_SAY_THE_TRAP = ("inert-condition", "vacuous-condition", "dead-deny", "bulk-escapes-from")
"""Rules whose finding says what the engine notes at the same place."""

_ORDER = ("bad", "caution", "good", "plain")


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the text that something is to be said about. ``number`` counts from 1."""

    number: int
    text: str
    remarks: tuple[Remark, ...]

    @property
    def tone(self) -> str:
        """The most pressing tone of the remarks."""
        return min((remark.tone for remark in self.remarks), key=_ORDER.index)


def marks_of(text: str, result: CheckResult) -> list[Mark]:
    """The marked lines, in order."""
    lines = text.split("\n")
    found: dict[int, list[Remark]] = {}
    for policy in result.identity.policies:
        for number, remark in _placed(policy, result):
            at = found.setdefault(min(number, len(lines)), [])
            if remark.text not in [each.text for each in at]:
                at.append(remark)
    return [Mark(number, lines[number - 1].strip(), _sorted(remarks)) for number, remarks in sorted(found.items())]


def _sorted(remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    return tuple(sorted(remarks, key=lambda remark: _ORDER.index(remark.tone)))


def _placed(policy: CheckedPolicy, result: CheckResult) -> Iterator[tuple[int, Remark]]:
    problem = next((each for each in result.analysis.problems if each.policy == policy.name), None)
    if problem is not None:
        line = policy.span.line + (problem.line or 1) - 1 if policy.is_verbatim else policy.span.line
        yield line, Remark((), f"This cannot be read: {problem.message}", "bad")
        return
    for each in result.violations:
        if each.policy == policy.name:
            span = result.span(each)
            yield span.line if span else policy.span.line, Remark(each.path, each.text, TONES[each.severity.value])
    judged = {each.path for each in result.violations if each.policy == policy.name and each.rule_id in _SAY_THE_TRAP}
    for remark in policy_remarks(policy.name, result.analysis):
        if remark.tone == "caution" and remark.path in judged:
            continue
        yield _line(policy, result, remark), remark


def _line(policy: CheckedPolicy, result: CheckResult, remark: Remark) -> int:
    span = result.documents[policy.name].span(remark.path) if policy.is_verbatim else None
    return policy.span.line + span.line - 1 if span is not None else policy.span.line

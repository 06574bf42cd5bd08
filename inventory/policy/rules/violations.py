"""What a rule found."""

from dataclasses import dataclass, replace

from inventory.policy.rules.catalogue import RULES
from inventory.policy.rules.rule_texts import Severity


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule on one subject.

    ``subject`` is, by rule, an account id, an organization id, a principal's ARN or unique id, a service, the ARN of
    another identity, ``*`` or empty. ``policy`` is empty where the rule speaks of the identity as a whole, then
    ``statement`` is ``None``; ``statement`` counts from 0. ``path`` leads into the policy document.
    """

    rule_id: str
    severity: Severity
    policy: str
    statement: int | None
    subject: str
    text: str
    path: tuple[str | int, ...] = ()

    def with_severity(self, severity: Severity) -> "Violation":
        """The same, judged better or worse."""
        return replace(self, severity=severity)


def principal_path(statement: int) -> tuple[str | int, ...]:
    """Where a statement says who is meant."""
    return ("Statement", statement, "Principal")


def violation(
    rule_id: str,
    text: str,
    *,
    policy: str = "",
    statement: int | None = None,
    subject: str = "",
    path: tuple[str | int, ...] | None = None,
    severity: Severity | None = None,
) -> Violation:
    """A violation with the rule's default severity and the statement as its place, unless told otherwise."""
    if path is None:
        path = () if statement is None else ("Statement", statement)
    return Violation(rule_id, severity or RULES[rule_id].severity, policy, statement, subject, text, path)

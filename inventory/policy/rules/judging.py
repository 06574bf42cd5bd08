"""The judge: all rules over one identity, with what silences what."""

from collections.abc import Iterable

from inventory.policy.rules import administration, breadth, conditions, copies, senders, shapes
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation

# Raise it with every change that may open or close findings on unchanged policies: the analyser's as well as a rule's.
ENGINE_VERSION = "2"

_RULES = (
    senders.open_senders,
    senders.named_senders,
    senders.organizations,
    administration.administrators,
    administration.endgame,
    breadth.production_isolation,
    breadth.apex,
    breadth.shared,
    breadth.whole_accounts,
    breadth.any_address,
    breadth.any_network,
    conditions.bulk_escapes,
    conditions.inert,
    conditions.vacuous,
    conditions.dead_denials,
    shapes.dangling,
    shapes.invalid,
    copies.region_drift,
    copies.escaped_denials,
)
_OPEN_TO_ALL = frozenset({"public-send", "public-send-limited"})
_SILENCED_BY_OPEN = frozenset({"no-from-restriction", "whole-account-delegate"})


def judge(subject: IdentitySubject) -> tuple[Violation, ...]:
    """What is wrong with the identity, worst first; each (rule, policy, statement, subject) once."""
    found = judge_all(subject)
    silent = silenced(found)
    return tuple(violation for violation in found if violation.rule_id not in silent)


def judge_all(subject: IdentitySubject) -> tuple[Violation, ...]:
    """As :func:`judge`, with what :func:`silenced` would leave out."""
    return _worst_first(_judged(subject, violation) for rule in _RULES for violation in rule(subject))


def silenced(found: Iterable[Violation]) -> frozenset[str]:
    """The rules that say nothing more beside the ones that fired: what is open to all needs no word on breadth."""
    fired = {violation.rule_id for violation in found}
    return frozenset() if fired.isdisjoint(_OPEN_TO_ALL) else _SILENCED_BY_OPEN


def _judged(subject: IdentitySubject, violation: Violation) -> Violation:
    return violation.with_severity(violation.severity.in_production()) if subject.is_production else violation


def _worst_first(found: Iterable[Violation]) -> tuple[Violation, ...]:
    kept: dict[tuple[str, str, int | None, str], Violation] = {}
    for violation in found:
        place = (violation.rule_id, violation.policy, violation.statement, violation.subject)
        if place not in kept or violation.severity.rank < kept[place].severity.rank:
            kept[place] = violation
    return tuple(sorted(kept.values(), key=_order))


def _order(violation: Violation) -> tuple[int, str, str, int, str]:
    return (
        violation.severity.rank,
        violation.rule_id,
        violation.policy,
        -1 if violation.statement is None else violation.statement,
        violation.subject,
    )

"""Deny traps: Denys that miss whom they aim at."""

from collections.abc import Sequence
from dataclasses import replace

from inventory.policy.channels import Channel
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.element_traps import Found
from inventory.policy.circles.limits import excludes
from inventory.policy.circles.reasons import why_never
from inventory.policy.circles.statement_grants import Grant
from inventory.policy.delegations import Delegation
from inventory.policy.keys import Source
from inventory.policy.note_codes import NoteCode
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.operators import Quantifier
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.search.settings import Setting

BULK = "ses:SendBulkEmail"


def bulk_text(condition: Condition) -> str:
    return f"SendBulkEmail carries no {condition.key_name}, so this limit does not hold for bulk messages."


def on_deny(condition: Condition, setting: Setting, delegations: Sequence[Delegation]) -> Found:
    key, operator = condition.key, condition.operator
    if key is None or operator is None or condition.when_missing:
        return
    is_limit = key.name in ("ses:FromAddress", "ses:Recipients") and excludes(setting, condition, truth=False)
    if is_limit and any(BULK in d.actions for d in delegations):
        yield NoteCode.BULK_ESCAPES_LIMIT, bulk_text(condition), condition.path
    if operator.is_negated and operator.quantifier is Quantifier.ANY and key.source is not Source.CONTENT:
        text = f"The Deny does not fire for a request without {key.name}."
        yield NoteCode.DENY_SKIPS_MISSING_KEY, text, condition.path


def dead_deny(statement: Statement, permission: Permission) -> Found:
    setting = permission.setting
    if statement.doubts or any(p.doubt or not p.is_exact for p in statement.principals):
        return
    if not statement.covers(setting.identity_arn, setting.context, surely=False):
        yield NoteCode.DEAD_DENY, "It is not about this identity.", statement.path
        return
    free = permission.without_denies()
    if _can_fire(free, statement):
        return
    for condition in statement.conditions:
        if not _can_fire(free, replace(statement, conditions=(condition,))):
            yield NoteCode.DEAD_DENY, f"It can never fire. {why_never(condition, statement)}", condition.path
            return
    yield NoteCode.DEAD_DENY, "It can never fire.", statement.path


def _can_fire(free: Permission, statement: Statement) -> bool:
    grant = Grant(free, statement)
    grant.look()
    means_services = statement.excludes_principals or any(
        p.is_bare or p.kind is PrincipalKind.SERVICE for p in statement.principals
    )
    return any(channel is not Channel.SERVICE or means_services for channel, _, _ in grant.found)

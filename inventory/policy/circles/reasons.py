"""Reasons: why a statement admits nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from inventory.policy.channels import Channel
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.reaches import circles_by_channel
from inventory.policy.keys import Presence, Source, presence
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.instants import instant_of
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.search.populations import Population


def reason_for(permission: Permission, statement: Statement) -> str:
    """One sentence."""
    return next(_reasons(permission, statement), "Its conditions contradict each other.")


def _reasons(permission: Permission, statement: Statement) -> Iterator[str]:
    setting = permission.setting
    if not statement.covers(setting.identity_arn, setting.context, surely=False):
        yield f"Its Resource is not this identity, {setting.identity_arn}."
    if not statement.known_actions:
        yield "It covers no SES action."
    if statement.excludes_principals and any(p.kind is PrincipalKind.ANYONE for p in statement.principals):
        yield "NotPrincipal leaves nobody over."
    free = permission.without_denies()
    if _admits(free, statement):
        yield _denied_by(permission, statement)
    for condition in statement.conditions:
        if not _admits(free, replace(statement, conditions=(condition,))):
            yield why_never(condition, statement)
    for first, second in combinations(statement.conditions, 2):
        if not _admits(free, replace(statement, conditions=(first, second))):
            yield f"The conditions on {first.key_name} and {second.key_name} can never both hold."
    if not _admits(free, replace(statement, conditions=())):
        yield _nobody_named(permission, statement)


def _admits(permission: Permission, statement: Statement) -> bool:
    """Whether anyone is admitted now."""
    at = permission.setting.at
    actions = _samples(statement)
    return any(
        circles
        for action in actions
        for _, circles in circles_by_channel(
            permission, statement, Population(Channel.DIRECT, action, at), permission.denies_of(action)
        )
    )


def _samples(statement: Statement) -> Sequence[str]:
    """One send action that carries the message's keys, one that does not, else the first."""
    known = statement.known_actions
    return [action for action in ("SendEmail", "SendRawEmail", "SendBulkEmail") if action in known] or known[:1]


def _denied_by(permission: Permission, statement: Statement) -> str:
    for deny in permission.denies:
        only = Permission(permission.setting, permission.solver, (deny,))
        if not _admits(only, statement):
            return f"{_named(deny)} denies all of it."
    return "Denies take all of it away."


def _named(statement: Statement) -> str:
    sid = f" ({statement.sid})" if statement.sid else ""
    return f"Statement {statement.index + 1}{sid} of policy {statement.policy!r}"


def _nobody_named(permission: Permission, statement: Statement) -> str:
    partition = permission.setting.partition
    strange = [p.value for p in statement.principals if p.partition not in (None, partition)]
    if strange:
        return f"{strange[0]} belongs to another AWS partition than the identity ({partition}); nobody calls across."
    return "None of its principals can call."


def why_never(condition: Condition, statement: Statement) -> str:
    """Why a condition that admits nobody does so."""
    key = condition.key
    if key is None:
        return f"The condition on {condition.key_name} can never hold."
    if key.source is Source.NOBODY:
        return f"The condition key {key.name} does not exist, so a condition that needs it never holds."
    if key.source is Source.CLOCK:
        return _expired(condition)
    if key.source is Source.IDENTITY:
        return f"{key.name} is fixed by the identity, and its value is not among those of the condition."
    if all(presence(key, channel, "SendEmail") is Presence.NEVER for channel in (Channel.DIRECT, Channel.VPC_ENDPOINT)):
        return f"Only AWS services send {key.name}; a direct call never carries it, so the condition never holds."
    return _never_for_its_values(condition, statement)


def _never_for_its_values(condition: Condition, statement: Statement) -> str:
    name, operator = condition.key_name, condition.operator
    if has_literal_wildcard(condition):
        like = "ArnLike" if name.lower().endswith("arn") else "StringLike"
        return (
            f"{condition.operator_name} takes * and ? literally, so no value of {name} is equal; {like} has wildcards."
        )
    if condition.is_positive and not any(value.isascii() for value in condition.values):
        return f"{name} has no characters beyond ASCII, and {condition.values[0]!r} asks for one."
    if name.lower() == "aws:principalarn" and any(":assumed-role/" in value for value in condition.values):
        return "aws:PrincipalArn is the ARN of the role, never of a session, so the condition never holds."
    if operator is not None and depends_on_absent_content(condition, statement):
        return f"The actions allowed never carry {name}, so the condition never holds."
    return f"No caller whom the statement names can have a value of {name} that meets the condition."


def has_literal_wildcard(condition: Condition) -> bool:
    """Whether a wildcard stands in a value of an operator that has none."""
    operator = condition.operator
    return (
        operator is not None
        and operator.family.value == "String"
        and operator.comparison == "Equals"
        and any(set("*?") & set(value.replace("${*}", "").replace("${?}", "")) for value in condition.values)
    )


def depends_on_absent_content(condition: Condition, statement: Statement) -> bool:
    """Whether no action of the statement carries the condition's key."""
    key = condition.key
    return key is not None and all(
        presence(key, channel, action) is Presence.NEVER for channel in Channel for action in statement.known_actions
    )


def _expired(condition: Condition) -> str:
    instants = [instant for value in condition.values if (instant := instant_of(value)) is not None]
    if instants and condition.operator is not None and condition.operator.comparison.startswith("LessThan"):
        return f"It expired on {max(instants):%Y-%m-%d at %H:%M} UTC."
    return f"The condition on {condition.key_name} holds at no instant from now on."

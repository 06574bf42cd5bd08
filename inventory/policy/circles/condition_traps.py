"""Condition traps: conditions that hold for more or fewer requests than they seem to."""

from collections.abc import Sequence
from dataclasses import replace

from inventory.policy.channels import Channel
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.deny_traps import BULK, bulk_text
from inventory.policy.circles.element_traps import Found
from inventory.policy.circles.limits import excludes
from inventory.policy.circles.reasons import has_literal_wildcard, why_never
from inventory.policy.circles.statement_grants import Grant
from inventory.policy.delegations import Delegation
from inventory.policy.keys import Key, Kind, Presence, Source, depends_on_action, presence
from inventory.policy.note_codes import NoteCode
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.search.networks import Range, fresh, range_of
from inventory.policy.search.settings import Setting
from inventory.policy.search.truths import ranges_of

_OPEN = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK, Reach.SERVICE_UNPINNED)
_PRIVATE = tuple(found for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") if (found := range_of(text)))


def on_any(condition: Condition) -> Found:
    key, operator = condition.key, condition.operator
    if not condition.is_2012 and any("${" in value for value in condition.values):
        text = "Policy variables need Version 2012-10-17; in this policy the text stands for itself."
        yield NoteCode.OLD_VERSION_VARIABLE, text, condition.path
    if has_literal_wildcard(condition):
        text = f"{condition.operator_name} takes * and ? literally; StringLike has wildcards."
        yield NoteCode.WILDCARD_IN_EQUALS, text, condition.path
    if key is None or operator is None:
        return
    if operator.quantifier is not Quantifier.NONE and not key.is_multivalued:
        text = f"{key.name} has one value; {operator.quantifier.value} is made for keys of several" + (
            " and lets every request pass that does not carry the key."
            if operator.quantifier is Quantifier.ALL
            else "."
        )
        yield NoteCode.SET_OPERATOR_ON_SINGLE_VALUE, text, condition.path
    if key.name == "aws:PrincipalArn" and any(":assumed-role/" in value for value in condition.values):
        text = "aws:PrincipalArn is the ARN of the role, never that of a session."
        yield NoteCode.SESSION_IN_PRINCIPAL_ARN, text, condition.path
    if key.kind is Kind.ADDRESS and not condition.doubt:
        yield from _on_network(condition)


def _on_network(condition: Condition) -> Found:
    own = ranges_of(condition)
    if condition.operator is not None and condition.operator.is_negated:
        return
    if condition.key is not None and condition.key.name == "aws:SourceIp" and _has_private(own):
        text = "A private range is never the source of a direct call; aws:VpcSourceIp is the key for it."
        yield NoteCode.PRIVATE_ADDRESS, text, condition.path
    if fresh(own):
        text = "The ranges together are so broad that anyone can have an address in them."
        yield NoteCode.WIDE_NETWORK, text, condition.path


def _has_private(ranges: Sequence[Range]) -> bool:
    return any(
        outer.version == each.version and outer.first <= each.first and each.last <= outer.last
        for each in ranges
        for outer in _PRIVATE
    )


def on_allow(condition: Condition, statement: Statement, permission: Permission, own: Sequence[Delegation]) -> Found:
    key = condition.key
    if key is None:
        return
    if not condition.when_missing and key.source is Source.NOBODY:
        yield NoteCode.KEY_DOES_NOT_EXIST, why_never(condition, statement), condition.path
    elif not condition.when_missing and _is_for_services_alone(key) and _means_signers(statement):
        text = f"A direct call never carries {key.name}, so nobody who calls SES directly can meet this."
        yield NoteCode.KEY_NEVER_SENT_DIRECTLY, text, condition.path
    if key.source is Source.CLOCK and any("expired" in d.reason for d in own):
        yield NoteCode.EXPIRED, why_never(condition, statement), condition.path
    if _is_chosen(condition) and any(d.reach in _OPEN for d in own):
        yield NoteCode.CALLER_CHOSEN_KEY, f"The caller decides what {key.name} holds.", condition.path
    if any(BULK in d.actions for d in own) and _is_passed_in_bulk(condition, permission.setting):
        yield NoteCode.BULK_ESCAPES_LIMIT, bulk_text(condition), condition.path
    if (
        _may_be_vacuous(condition)
        and any(d.is_outside for d in own)
        and _is_vacuous(condition, statement, permission, own)
    ):
        text = f"Without this condition the same callers are let in: a request {_passes(condition)}."
        yield NoteCode.VACUOUS_CONDITION, text, condition.path


def _is_for_services_alone(key: Key) -> bool:
    if depends_on_action(key):
        return False
    return all(presence(key, channel, "") is Presence.NEVER for channel in (Channel.DIRECT, Channel.VPC_ENDPOINT))


def _means_signers(statement: Statement) -> bool:
    return statement.excludes_principals or any(p.kind is not PrincipalKind.SERVICE for p in statement.principals)


def _is_chosen(condition: Condition) -> bool:
    key = condition.key
    return (
        key is not None
        and key.source is Source.CHOSEN
        and key.name != "aws:SecureTransport"
        and not condition.when_missing
    )


def _is_passed_in_bulk(condition: Condition, setting: Setting) -> bool:
    key, operator = condition.key, condition.operator
    if key is None or operator is None or key.name not in ("ses:FromAddress", "ses:Recipients"):
        return False
    return condition.when_missing and (operator.family is Family.NULL or excludes(setting, condition, truth=True))


def _may_be_vacuous(condition: Condition) -> bool:
    key, operator = condition.key, condition.operator
    if key is None or operator is None or key.name == "aws:SecureTransport":
        return False
    passes_missing = operator.if_exists or operator.quantifier is Quantifier.ALL or operator.family is Family.NULL
    return key.source is Source.IDENTITY or (passes_missing and condition.when_missing)


def _is_vacuous(condition: Condition, statement: Statement, permission: Permission, own: Sequence[Delegation]) -> bool:
    key = condition.key
    if key is None or (key.source is Source.IDENTITY and not any(d.reach in _OPEN for d in own)):
        return False
    if key.source in (Source.CONTENT, Source.CLOCK, Source.CHOSEN) and excludes(
        permission.setting, condition, truth=True
    ):
        return False
    rest = tuple(each for each in statement.conditions if each is not condition)
    without = Grant(permission, replace(statement, conditions=rest)).delegations()
    return _outline(without) == _outline(own)


def _outline(delegations: Sequence[Delegation]) -> set[tuple[object, ...]]:
    return {
        (
            d.channel,
            d.reach,
            d.trust,
            d.accounts,
            d.organizations,
            d.principals,
            d.services,
            d.actions,
            d.starts_at,
            d.ends_at,
        )
        for d in delegations
    }


def _passes(condition: Condition) -> str:
    if condition.key is not None and condition.key.source is Source.IDENTITY:
        return f"always carries the identity's own {condition.key_name}"
    return f"that does not carry {condition.key_name} passes"

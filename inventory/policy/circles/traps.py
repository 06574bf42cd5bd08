"""Traps: what a policy says and does not mean, each with the element it was found in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from inventory.policy.channels import Channel
from inventory.policy.circles.denials import Permission
from inventory.policy.circles.limits import excludes
from inventory.policy.circles.reasons import has_literal_wildcard, why_never
from inventory.policy.circles.statement_grants import Grant
from inventory.policy.delegations import Delegation, Note
from inventory.policy.keys import Key, Kind, Presence, Source, depends_on_action, presence
from inventory.policy.note_codes import NoteCode
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition, Family, Quantifier
from inventory.policy.reading.documents import MOST_CHARACTERS, Document, Statement, unknown_actions
from inventory.policy.reading.jsontext import odd_characters
from inventory.policy.reading.principals import Principal, PrincipalKind
from inventory.policy.search.networks import Range, fresh, range_of
from inventory.policy.search.settings import Setting
from inventory.policy.search.truths import ranges_of
from inventory.policy.trust import Trust, trust_of_account

Found = Iterator[tuple[NoteCode, str, tuple[str | int, ...]]]

_MOST_POLICIES = 20
_OPEN = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK, Reach.SERVICE_UNPINNED)
_BULK = "ses:SendBulkEmail"
_PRIVATE = tuple(found for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") if (found := range_of(text)))


def notes_of_documents(documents: Sequence[Document], policies: Mapping[str, str]) -> Iterator[Note]:
    """Notes on whole policies."""
    for name, text in policies.items():
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > MOST_CHARACTERS:
            message = f"The policy has {size:,} bytes; SES takes 4 KB at most."
            yield Note(NoteCode.TOO_LARGE, message, name, None, ())
    if len(policies) > _MOST_POLICIES:
        message = f"The identity has {len(policies)} policies; SES takes {_MOST_POLICIES} at most."
        yield Note(NoteCode.TOO_MANY_POLICIES, message, "", None, ())
    for document in documents:
        for offset, kind in odd_characters(document.text):
            line = document.text.count("\n", 0, offset) + 1
            message = f"Line {line} holds a character that cannot be seen or looks like another: {kind}."
            yield Note(NoteCode.INVISIBLE_CHARACTER, message, document.policy, None, ())


def notes_of_statement(
    statement: Statement, permission: Permission, delegations: Sequence[Delegation]
) -> Iterator[Note]:
    """Notes on one statement; ``delegations`` are those of all statements."""
    own = [d for d in delegations if (d.policy, d.statement) == (statement.policy, statement.index)]
    found = [*_on_elements(statement, permission.setting)]
    for condition in statement.conditions:
        found += _on_any(condition)
        if condition.doubt:
            found.append((NoteCode.UNDETERMINED, _sentence(condition.doubt), condition.path))
        elif statement.allows:
            found += _on_allow(condition, statement, permission, own)
        else:
            found += _on_deny(condition, permission.setting, delegations)
    if not statement.allows:
        found += _dead(statement, permission)
    for code, text, path in found:
        yield Note(code, text, statement.policy, statement.index, path)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


# Principal, action, resource.


def _on_elements(statement: Statement, setting: Setting) -> Found:
    for principal in statement.principals:
        yield from _on_principal(principal, statement, setting)
    if statement.excludes_principals and statement.allows:
        text = "Allow with NotPrincipal lets in everyone who is not named; AWS no longer supports it."
        yield NoteCode.UNSUPPORTED_SHAPE, text, (*statement.path, "NotPrincipal")
    if statement.excludes_actions and statement.allows:
        text = "Allow with NotAction covers every action that is not named, new ones included."
        yield NoteCode.NOT_ACTION, text, (*statement.path, "NotAction")
    element = "NotAction" if statement.excludes_actions else "Action"
    for action in unknown_actions(statement.actions):
        yield NoteCode.UNKNOWN_ACTION, f"SES has no action {action!r}.", (*statement.path, element)
    if not statement.covers(setting.identity_arn, setting.context, surely=False):
        element = "NotResource" if statement.excludes_resources else "Resource"
        text = f"The statement is not about this identity, {setting.identity_arn}."
        yield NoteCode.OTHER_RESOURCE, text, (*statement.path, element)


def _on_principal(principal: Principal, statement: Statement, setting: Setting) -> Found:
    if principal.kind is PrincipalKind.DOUBTFUL:
        yield NoteCode.UNDETERMINED, _sentence(principal.doubt), principal.path
    elif principal.kind is PrincipalKind.DELETED:
        text = f"{principal.value} is the id of a user or role that was deleted; it matches nobody again."
        yield NoteCode.DELETED_PRINCIPAL, text, principal.path
    elif not principal.is_exact:
        text = f"{principal.value!r}: a principal takes no wildcard in its middle; AWS refuses it."
        yield NoteCode.UNSUPPORTED_SHAPE, text, principal.path
    elif principal.partition not in (None, setting.partition):
        text = f"{principal.value} belongs to another partition than the identity, so it matches nobody."
        yield NoteCode.OTHER_PARTITION, text, principal.path
    elif statement.allows and principal.account and _is_placeholder(principal.account, setting):
        text = f"{principal.account} is an account id that documentation uses as an example."
        yield NoteCode.PLACEHOLDER_ACCOUNT, text, principal.path


def _is_placeholder(account: str, setting: Setting) -> bool:
    return trust_of_account(account, setting.owner_account, setting.registry) is Trust.PLACEHOLDER


# Conditions of either effect.


def _on_any(condition: Condition) -> Found:
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


# Conditions of an Allow.


def _on_allow(condition: Condition, statement: Statement, permission: Permission, own: Sequence[Delegation]) -> Found:
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
    if any(_BULK in d.actions for d in own) and _is_passed_in_bulk(condition, permission.setting):
        yield NoteCode.BULK_ESCAPES_LIMIT, _bulk_text(condition), condition.path
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


def _bulk_text(condition: Condition) -> str:
    return f"SendBulkEmail carries no {condition.key_name}, so this limit does not hold for bulk messages."


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


# Conditions of a Deny.


def _on_deny(condition: Condition, setting: Setting, delegations: Sequence[Delegation]) -> Found:
    key, operator = condition.key, condition.operator
    if key is None or operator is None or condition.when_missing:
        return
    is_limit = key.name in ("ses:FromAddress", "ses:Recipients") and excludes(setting, condition, truth=False)
    if is_limit and any(_BULK in d.actions for d in delegations):
        yield NoteCode.BULK_ESCAPES_LIMIT, _bulk_text(condition), condition.path
    if operator.is_negated and operator.quantifier is Quantifier.ANY and key.source is not Source.CONTENT:
        text = f"The Deny does not fire for a request without {key.name}."
        yield NoteCode.DENY_SKIPS_MISSING_KEY, text, condition.path


def _dead(statement: Statement, permission: Permission) -> Found:
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

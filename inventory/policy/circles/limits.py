"""Limits: the conditions that narrow what, from where or when, and whether they do.

A Deny of one such condition, for everyone, is a limit too: it is shown as what must hold instead.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from inventory.policy.actions import SEND_ACTIONS
from inventory.policy.channels import Channel
from inventory.policy.circles.denials import Permission
from inventory.policy.delegations import Limit
from inventory.policy.keys import Key, Kind, Presence, Source, presence
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.documents import Statement
from inventory.policy.reading.instants import instant_of, iso
from inventory.policy.reading.operators import Family, Quantifier
from inventory.policy.reading.principals import PrincipalKind
from inventory.policy.search.automaton import TooHardError
from inventory.policy.search.globs import find
from inventory.policy.search.networks import complement, fresh
from inventory.policy.search.settings import Setting
from inventory.policy.search.shapes import fresh_place, text_shapes
from inventory.policy.search.templates import Demand
from inventory.policy.search.truths import matches, ranges_of

_KINDS = {
    "ses:FromAddress": "from_address",
    "ses:FromDisplayName": "from_display_name",
    "ses:FeedbackAddress": "feedback_address",
    "ses:Recipients": "recipients",
    "aws:SecureTransport": "transport",
}
_BY_SOURCE = {Source.NETWORK: "network", Source.CLOCK: "time", Source.CHOSEN: "other", Source.NOBODY: "other"}
_OPPOSITE = {"LessThan": "GreaterThanEquals", "LessThanEquals": "GreaterThan", "GreaterThan": "LessThanEquals",
             "GreaterThanEquals": "LessThan"}  # fmt: skip
_SENDS = frozenset(f"ses:{action}" for action in SEND_ACTIONS)


def kind_of(key: Key) -> str:
    """The kind of limit that a condition on the key is; empty where it is about who and not about what."""
    return _KINDS.get(key.name) or _BY_SOURCE.get(key.source, "")


def limits_of(
    permission: Permission, statement: Statement, channel: Channel, actions: tuple[str, ...]
) -> tuple[Limit, ...]:
    """The limits of one delegation of an Allow: its own conditions first, then the Denys that hold for everyone."""
    found = list(_own(permission.setting, statement, channel, actions))
    for deny in permission.denies:
        found += _denied(permission.setting, deny, channel, actions)
    return tuple(found)


def _own(setting: Setting, statement: Statement, channel: Channel, actions: Sequence[str]) -> Iterator[Limit]:
    for condition in statement.conditions:
        kind = kind_of(condition.key) if condition.key is not None else ""
        if kind:
            yield Limit(
                kind=kind,
                key=condition.key_name,
                operator=condition.operator_name,
                values=condition.values,
                is_effective=excludes(setting, condition, truth=True)
                and not _is_escaped(condition, channel, actions, truth=True),
                policy=statement.policy,
                statement=statement.index,
                path=condition.path,
                condition=condition,
            )


def _denied(setting: Setting, deny: Statement, channel: Channel, actions: Sequence[str]) -> Iterator[Limit]:
    condition = deny.conditions[0] if len(deny.conditions) == 1 else None
    if condition is None or condition.key is None or not _means_everyone(deny, channel):
        return
    kind = kind_of(condition.key)
    covered = [action for action in actions if deny.covers_action(action)]
    if not kind or not covered:
        return
    operator, values = _opposite(condition)
    yield Limit(
        kind=kind,
        key=condition.key_name,
        operator=operator,
        values=values,
        is_effective=excludes(setting, condition, truth=False)
        and all(action in covered for action in actions if action in _SENDS)
        and not _is_escaped(condition, channel, actions, truth=False),
        policy=deny.policy,
        statement=deny.index,
        path=condition.path,
        is_from_deny=True,
    )


def _means_everyone(deny: Statement, channel: Channel) -> bool:
    return not deny.excludes_principals and any(
        p.kind is PrincipalKind.ANYONE and p.is_exact and (p.is_bare or channel is not Channel.SERVICE)
        for p in deny.principals
    )


def _is_escaped(condition: Condition, channel: Channel, actions: Sequence[str], *, truth: bool) -> bool:
    """Whether some send action among these never carries the key and passes for that reason."""
    key = condition.key
    return (
        key is not None
        and condition.when_missing is truth
        and any(
            presence(key, channel, action.removeprefix("ses:")) is Presence.NEVER
            for action in actions
            if action in _SENDS
        )
    )


def excludes(setting: Setting, condition: Condition, *, truth: bool) -> bool:
    """Whether asking that the condition be ``truth`` keeps out a message, network or instant that is worth keeping out.

    Of addresses only those of the identity count; what the caller can choose at will counts for nothing.
    """
    operator, key = condition.operator, condition.key
    if operator is None or key is None or condition.doubt or operator.family is Family.NULL:
        return False
    if key.is_multivalued and (operator.quantifier is Quantifier.ANY) is truth:
        return False
    match = truth is not operator.is_negated
    if key.source is Source.CONTENT:
        return _excludes_text(setting, condition, match=match)
    if key.source is Source.NETWORK:
        return _excludes_fresh(setting, condition, match=match)
    if key.source is Source.CLOCK:
        return any(matches(condition, iso(instant), {}) is not match for instant in _instants(setting, condition))
    return key.name == "aws:SecureTransport" and matches(condition, "false", {}) is not match


def _excludes_text(setting: Setting, condition: Condition, *, match: bool) -> bool:
    key = condition.key
    if key is None:
        return False
    if any(variable not in setting.context for variable in condition.variables):
        return False
    demands = [Demand(key.name, condition.language(setting.context), not match)]
    shapes = text_shapes(setting, key.name)
    try:
        return find(shapes[0], demands) is not None
    except TooHardError:
        return False


def _excludes_fresh(setting: Setting, condition: Condition, *, match: bool) -> bool:
    key = condition.key
    if key is None or key.name == "aws:VpcSourceIp":
        return False
    if key.kind is Kind.ADDRESS:
        own = ranges_of(condition)
        return not fresh(own if match else complement(own))
    template, demands = fresh_place(setting, key.name)
    try:
        return find(template, [*demands, Demand(key.name, condition.language(setting.context), match)]) is None
    except TooHardError:
        return False


def _instants(setting: Setting, condition: Condition) -> list[datetime]:
    second = timedelta(seconds=1)
    edges = [edge for value in condition.values if (edge := instant_of(value)) is not None]
    return [setting.at, *(t for edge in edges for t in (edge - second, edge, edge + second) if t > setting.at)]


def _opposite(condition: Condition) -> tuple[str, tuple[str, ...]]:
    """The operator and values that hold where the condition does not."""
    name, operator = condition.operator_name, condition.operator
    if operator is None:
        return name, condition.values
    if operator.family in (Family.BOOL, Family.NULL):
        return name, tuple("false" if value.lower() == "true" else "true" for value in condition.values)
    bare = name.rpartition(":")[2].removesuffix("IfExists")
    if operator.comparison in _OPPOSITE:
        flipped = operator.family.value + _OPPOSITE[operator.comparison]
    elif operator.family is Family.IP:
        flipped = "IpAddress" if operator.is_negated else "NotIpAddress"
    elif operator.is_negated:
        flipped = bare.replace("Not", "", 1)
    else:
        flipped = operator.family.value + "Not" + bare.removeprefix(operator.family.value)
    quantifier = {Quantifier.ALL: "ForAnyValue:", Quantifier.ANY: "ForAllValues:"}.get(operator.quantifier, "")
    return quantifier + flipped, condition.values

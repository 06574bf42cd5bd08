"""Narrowings: the conditions of a delegation that surely hold for every request it admits."""

from collections.abc import Sequence

from inventory.policy.actions import SEND_ACTIONS
from inventory.policy.channels import Channel
from inventory.policy.delegations import Delegation, Limit
from inventory.policy.keys import Presence, find_key, presence
from inventory.policy.reading.conditions import Condition, condition_of
from inventory.policy.reading.operators import Quantifier

_SENDS = frozenset(f"ses:{action}" for action in SEND_ACTIONS)


def narrowings(delegation: Delegation, key: str, actions: Sequence[str]) -> tuple[Condition, ...]:
    """What must hold for the key in every request of these actions: conditions that can be judged, without variables.

    Those of a Deny count only where it stops everyone, all of the actions, and requests without the key as well.
    """
    found = []
    for limit in delegation.limits:
        if limit.key.lower() == key.lower():
            condition = _of_deny(limit, actions) if limit.is_from_deny else limit.condition
            if condition is not None and not condition.doubt and not condition.variables:
                found.append(condition)
    return tuple(found)


def _of_deny(limit: Limit, actions: Sequence[str]) -> Condition | None:
    if not limit.is_effective or not _SENDS.issuperset(actions) or any("${" in value for value in limit.values):
        return None
    condition = condition_of(limit.operator, limit.key, limit.values, limit.path, is_2012=False)
    # Then the Deny's own operator was negated, so that it fires where the key is missing.
    is_plain = condition.operator is not None and condition.operator.quantifier is Quantifier.NONE
    return condition if is_plain and condition.is_positive else None


def requires(conditions: Sequence[Condition], key: str, channel: Channel, action: str) -> bool:
    """Whether a request of the action surely carries the key where it meets the conditions."""
    if any(not condition.when_missing for condition in conditions):
        return True
    known = find_key(key)
    return known is not None and presence(known, channel, action.removeprefix("ses:")) is Presence.ALWAYS

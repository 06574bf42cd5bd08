"""Stands in for the engine's sentences until they are there."""

from collections.abc import Mapping

from inventory.policy.delegations import Delegation
from inventory.words import grouped_account_id, reach_word


def describe(delegation: Delegation, identity_name: str, names: Mapping[str, str]) -> str:
    """A rough sentence for one delegation."""
    who = ", ".join(names.get(each, grouped_account_id(each)) for each in delegation.accounts)
    return f"{who or reach_word(delegation.reach).label} can {', '.join(delegation.action_classes)} as {identity_name}"

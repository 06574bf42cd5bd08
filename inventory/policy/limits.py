"""Limits: the conditions of a statement that narrow what, from where or when, and whether they do."""

from inventory.policy.channels import Channel
from inventory.policy.delegations import Limit
from inventory.policy.denials import Permission
from inventory.policy.documents import Statement


def limits_of(
    permission: Permission, statement: Statement, channel: Channel, actions: tuple[str, ...]
) -> tuple[Limit, ...]:
    """The limits of one delegation of a statement."""
    return ()

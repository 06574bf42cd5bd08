"""Reasons: why a statement admits nobody."""

from inventory.policy.denials import Permission
from inventory.policy.documents import Statement


def reason_for(permission: Permission, statement: Statement) -> str:
    """One sentence."""
    return "nobody"

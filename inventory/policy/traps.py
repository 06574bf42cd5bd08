"""Traps: what a policy says and does not mean."""

from collections.abc import Mapping, Sequence

from inventory.policy.delegations import Delegation, Note
from inventory.policy.denials import Permission
from inventory.policy.documents import Document, Statement


def notes_of_documents(documents: Sequence[Document], policies: Mapping[str, str]) -> list[Note]:
    """Notes on whole policies."""
    return []


def notes_of_statement(statement: Statement, permission: Permission, delegations: Sequence[Delegation]) -> list[Note]:
    """Notes on one statement."""
    return []

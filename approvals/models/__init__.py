"""The rows of approvals; one noun, one file."""

from approvals.models.approval_slots import ApprovalSlot
from approvals.models.change_tasks import ChangeTask
from approvals.models.code_declarations import CodeDeclaration
from approvals.models.grant_observations import GrantObservation
from approvals.models.grant_requests import GrantRequest, RequestLine
from approvals.models.grants import Access, Grant

__all__ = [
    "Access",
    "ApprovalSlot",
    "ChangeTask",
    "CodeDeclaration",
    "Grant",
    "GrantObservation",
    "GrantRequest",
    "RequestLine",
]

"""The rows of approvals; one noun, one file."""

from approvals.models.approval_slots import ApprovalSlot
from approvals.models.grant_requests import GrantRequest, RequestLine
from approvals.models.grants import Access, Grant

__all__ = ["Access", "ApprovalSlot", "Grant", "GrantRequest", "RequestLine"]

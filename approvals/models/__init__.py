"""The rows of approvals; one noun, one file."""

from approvals.models.approval_slots import ApprovalSlot
from approvals.models.change_tasks import ChangeTask
from approvals.models.code_declarations import CodeDeclaration
from approvals.models.containments import Containment
from approvals.models.grant_observations import GrantObservation
from approvals.models.grant_requests import GrantRequest, RequestLine
from approvals.models.grants import Access, Grant
from approvals.models.offboardings import Offboarding, OffboardingPath

__all__ = [
    "Access",
    "ApprovalSlot",
    "ChangeTask",
    "CodeDeclaration",
    "Containment",
    "Grant",
    "GrantObservation",
    "GrantRequest",
    "Offboarding",
    "OffboardingPath",
    "RequestLine",
]

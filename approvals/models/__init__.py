"""The rows of approvals; one noun, one file."""

from approvals.models.approval_slots import ApprovalSlot
from approvals.models.campaigns import Campaign
from approvals.models.change_tasks import ChangeTask
from approvals.models.code_declarations import CodeDeclaration
from approvals.models.containments import Containment
from approvals.models.evidence_packs import EvidencePack, PackPart
from approvals.models.grant_observations import GrantObservation
from approvals.models.grant_requests import GrantRequest, RequestLine
from approvals.models.grants import Access, Grant
from approvals.models.offboardings import Offboarding, OffboardingPath
from approvals.models.reminders import Reminder
from approvals.models.review_items import Reassignment, ReviewDecision, ReviewItem

__all__ = [
    "Access",
    "ApprovalSlot",
    "Campaign",
    "ChangeTask",
    "CodeDeclaration",
    "Containment",
    "EvidencePack",
    "Grant",
    "GrantObservation",
    "GrantRequest",
    "Offboarding",
    "OffboardingPath",
    "PackPart",
    "Reassignment",
    "Reminder",
    "RequestLine",
    "ReviewDecision",
    "ReviewItem",
]

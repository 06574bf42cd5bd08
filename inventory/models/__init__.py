"""The rows of the inventory; one noun, one file."""

from inventory.models.account_verifications import AccountVerification
from inventory.models.accounts import Account
from inventory.models.api_tokens import ApiToken
from inventory.models.audit_events import REGISTRY_TYPES, AuditEvent
from inventory.models.delegations import Delegation, DelegationState
from inventory.models.figure_snapshots import FigureSnapshot
from inventory.models.findings import Finding, FindingEpisode, Severity
from inventory.models.identities import Identity, IdentityState
from inventory.models.last_judgements import LastJudgement
from inventory.models.organizations import Organization
from inventory.models.policies import PolicyVersion, SendingPolicy
from inventory.models.roles import Role
from inventory.models.runs import CollectionRun, ListedIdentity, ScopeRun
from inventory.models.scheduled_jobs import ScheduledJob
from inventory.models.scopes import Outcome, Scope
from inventory.models.sending_names import SendingName
from inventory.models.teams import Membership, Team
from inventory.models.users import User
from inventory.models.vendors import Vendor, VendorContact

__all__ = [
    "REGISTRY_TYPES",
    "Account",
    "AccountVerification",
    "ApiToken",
    "AuditEvent",
    "CollectionRun",
    "Delegation",
    "DelegationState",
    "FigureSnapshot",
    "Finding",
    "FindingEpisode",
    "Identity",
    "IdentityState",
    "LastJudgement",
    "ListedIdentity",
    "Membership",
    "Organization",
    "Outcome",
    "PolicyVersion",
    "Role",
    "ScheduledJob",
    "Scope",
    "ScopeRun",
    "SendingName",
    "SendingPolicy",
    "Severity",
    "Team",
    "User",
    "Vendor",
    "VendorContact",
]

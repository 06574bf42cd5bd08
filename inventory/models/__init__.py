"""The rows of the inventory; one noun, one file."""

from inventory.models.account_checks import AccountCheck
from inventory.models.account_verifications import AccountVerification
from inventory.models.accounts import Account
from inventory.models.api_tokens import ApiToken
from inventory.models.audit_events import REGISTRY_TYPES, AuditEvent
from inventory.models.audit_links import AuditLink
from inventory.models.chain_checks import ChainCheck
from inventory.models.delegations import Delegation, DelegationState
from inventory.models.deliveries import Delivery
from inventory.models.deputies import Deputy
from inventory.models.discoveries import Discovery
from inventory.models.figure_snapshots import FigureSnapshot
from inventory.models.finding_comments import FindingComment
from inventory.models.findings import Finding, FindingEpisode, Severity
from inventory.models.identities import Identity, IdentityState
from inventory.models.known_accounts import KnownAccount
from inventory.models.last_judgements import LastJudgement
from inventory.models.notices import OPTIONAL_KINDS, Notice, NoticeChoice, NoticeKind
from inventory.models.organizations import Organization
from inventory.models.owner_assignments import OwnerAssignment
from inventory.models.owner_rules import OwnerRule
from inventory.models.policies import PolicyVersion, SendingPolicy
from inventory.models.risk_acceptances import RiskAcceptance
from inventory.models.roles import Role
from inventory.models.runs import CollectionRun, ListedIdentity, ScopeRun
from inventory.models.saved_views import SavedView
from inventory.models.scheduled_jobs import ScheduledJob
from inventory.models.scope_declarations import ScopeDeclaration
from inventory.models.scopes import Outcome, Scope
from inventory.models.sending_names import SendingName
from inventory.models.setting_values import SettingValue
from inventory.models.teams import Membership, Team
from inventory.models.unsealed_events import UnsealedEvent
from inventory.models.users import User
from inventory.models.vendors import Vendor, VendorContact

__all__ = [
    "OPTIONAL_KINDS",
    "REGISTRY_TYPES",
    "Account",
    "AccountCheck",
    "AccountVerification",
    "ApiToken",
    "AuditEvent",
    "AuditLink",
    "ChainCheck",
    "CollectionRun",
    "Delegation",
    "DelegationState",
    "Delivery",
    "Deputy",
    "Discovery",
    "FigureSnapshot",
    "Finding",
    "FindingComment",
    "FindingEpisode",
    "Identity",
    "IdentityState",
    "KnownAccount",
    "LastJudgement",
    "ListedIdentity",
    "Membership",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "Organization",
    "Outcome",
    "OwnerAssignment",
    "OwnerRule",
    "PolicyVersion",
    "RiskAcceptance",
    "Role",
    "SavedView",
    "ScheduledJob",
    "Scope",
    "ScopeDeclaration",
    "ScopeRun",
    "SendingName",
    "SendingPolicy",
    "SettingValue",
    "Severity",
    "Team",
    "UnsealedEvent",
    "User",
    "Vendor",
    "VendorContact",
]

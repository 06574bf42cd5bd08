"""How each list can be narrowed; the export narrows the same way. One noun, one file."""

from inventory.filters.accounts import AccountFilter
from inventory.filters.audit import AuditFilter
from inventory.filters.delegates import DelegateFilter
from inventory.filters.findings import FindingFilter, RemediationFilter
from inventory.filters.identities import IdentityFilter
from inventory.filters.owners import ClaimableFilter, OwnerlessFilter
from inventory.filters.people import PersonFilter, TeamFilter
from inventory.filters.policies import PolicyFilter
from inventory.filters.runs import RunFilter
from inventory.filters.sending_names import SendingNameFilter
from inventory.filters.vendors import VendorFilter

__all__ = [
    "AccountFilter",
    "AuditFilter",
    "ClaimableFilter",
    "DelegateFilter",
    "FindingFilter",
    "IdentityFilter",
    "OwnerlessFilter",
    "PersonFilter",
    "PolicyFilter",
    "RemediationFilter",
    "RunFilter",
    "SendingNameFilter",
    "TeamFilter",
    "VendorFilter",
]

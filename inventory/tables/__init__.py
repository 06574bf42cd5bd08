"""The tables of the list pages and their exports; one noun, one file."""

from inventory.tables.accounts import AccountTable
from inventory.tables.audit import AuditTable
from inventory.tables.delegates import DelegateTable
from inventory.tables.findings import FindingTable, RemediationTable
from inventory.tables.identities import IdentityTable
from inventory.tables.owners import ClaimableTable, OwnerlessTable
from inventory.tables.people import PersonTable, TeamTable
from inventory.tables.policies import PolicyTable
from inventory.tables.runs import RunTable
from inventory.tables.sending_names import SendingNameTable
from inventory.tables.vendors import VendorTable

__all__ = [
    "AccountTable",
    "AuditTable",
    "ClaimableTable",
    "DelegateTable",
    "FindingTable",
    "IdentityTable",
    "OwnerlessTable",
    "PersonTable",
    "PolicyTable",
    "RemediationTable",
    "RunTable",
    "SendingNameTable",
    "TeamTable",
    "VendorTable",
]

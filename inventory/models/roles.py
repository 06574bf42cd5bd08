"""Roles: what a person may see and do. Nothing else decides it, `is_superuser` least of all."""

from django.db import models


class Role(models.TextChoices):
    """A person may hold several; without one they see nothing."""

    VIEWER = "viewer", "Viewer"
    OWNER = "owner", "Identity owner"
    SECURITY = "security", "Security"
    VENDOR_MANAGER = "vendor_manager", "Vendor manager"
    AUDITOR = "auditor", "Auditor"
    ADMIN = "admin", "Administrator"


# Who reads the whole inventory; an owner reads what their teams own.
READS_INVENTORY = frozenset({Role.VIEWER, Role.SECURITY, Role.VENDOR_MANAGER, Role.AUDITOR, Role.ADMIN})
# Who may start a collection.
STARTS_COLLECTION = frozenset({Role.SECURITY, Role.ADMIN})
# Who reads the audit trail.
READS_AUDIT = frozenset({Role.SECURITY, Role.AUDITOR, Role.ADMIN})
# Who confirms sending names.
MANAGES_SENDING_NAMES = frozenset({Role.SECURITY, Role.ADMIN})
# Who keeps vendors, their accounts and what is known of outside accounts.
MANAGES_VENDORS = frozenset({Role.VENDOR_MANAGER, Role.SECURITY, Role.ADMIN})
# Who says which identities belong to whom by rule.
MANAGES_OWNER_RULES = frozenset({Role.SECURITY, Role.ADMIN})
# Who decides on claims, and who gives identities away and appoints acting owners.
CONFIRMS_CLAIMS = frozenset({Role.SECURITY, Role.ADMIN})
ASSIGNS_OWNERS = frozenset({Role.SECURITY})
# Who sees people and teams, and who changes them.
READS_PEOPLE = frozenset({Role.SECURITY, Role.AUDITOR, Role.ADMIN})
MANAGES_PEOPLE = frozenset({Role.ADMIN})
# Who changes settings in the browser; whoever reads the audit trail reads them.
CHANGES_SETTINGS = frozenset({Role.ADMIN})
# Who connects accounts and keeps the registry, and who vouches that a region is unused.
MANAGES_ACCOUNTS = frozenset({Role.SECURITY, Role.ADMIN})
DECLARES_UNUSED = frozenset({Role.SECURITY})
# Who triages findings and asks for acceptances: security all of them, an owner their own.
ACTS_ON_FINDINGS = frozenset({Role.SECURITY, Role.OWNER})
# Who decides on acceptances, and ends them before their day.
DECIDES_ACCEPTANCES = frozenset({Role.SECURITY})
# Who may say that an outside account is the company's own.
SAYS_OURS = frozenset({Role.SECURITY, Role.ADMIN})
# Who may show a saved view to everybody.
SHARES_VIEWS = frozenset({Role.SECURITY, Role.ADMIN})

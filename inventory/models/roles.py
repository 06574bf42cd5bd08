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

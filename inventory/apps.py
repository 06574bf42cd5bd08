"""The inventory: what AWS allows now."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Accounts, identities, policies, delegations and findings, written by the collector."""

    name = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

"""Approvals: what should be allowed."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests, approvals and grants, written by people."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the search box ask here as well."""
        from approvals.search import SEARCHED as OURS  # noqa: PLC0415  # models are not there before
        from inventory.search import SEARCHED  # noqa: PLC0415

        SEARCHED.extend(each for each in OURS if each not in SEARCHED)

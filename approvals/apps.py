"""Approvals: what should be allowed."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Requests, approvals and grants, written by people."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

"""The names of those who are let in, for sentences on pages."""

from approvals.services.names import all_names, names_for

__all__ = ["all_names", "names_for"]

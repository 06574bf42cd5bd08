"""Owners: who answers for an identity, and how that changes."""

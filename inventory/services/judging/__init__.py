"""Judging: what was read becomes versions, delegations and findings."""

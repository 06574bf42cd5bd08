"""Collecting: runs, scopes, leases, calls and what came of them."""

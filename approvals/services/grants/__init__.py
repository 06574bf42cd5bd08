"""Grants: two sides decide, and access begins, ends or ends earlier."""

"""Reminders: who is told before a grant ends, and while its access is there afterwards."""

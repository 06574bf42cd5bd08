"""Findings: episodes, cases, triage and acceptances."""

"""Emergencies: access at once, stopped at once, and what nobody confirmed."""

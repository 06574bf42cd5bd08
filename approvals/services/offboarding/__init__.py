"""Offboarding: everything that a vendor has ends as one case."""

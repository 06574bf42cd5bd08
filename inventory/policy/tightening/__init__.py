"""Policies with no more in them than is meant."""

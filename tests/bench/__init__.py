"""Measurements: what `./bench NAME` prints."""

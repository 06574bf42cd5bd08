"""Rows: what lists show, as querysets and mappings with everything annotated; one noun, one file."""

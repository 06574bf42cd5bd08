"""The forms of pages that are no filters. One noun, one file."""

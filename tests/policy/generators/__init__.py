"""Policies from the whole grammar, and requests that solve their own globs and ranges."""

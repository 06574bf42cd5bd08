"""Pages: one noun, one file."""

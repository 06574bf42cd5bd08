"""Views of approvals; one noun, one file."""

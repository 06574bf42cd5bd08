"""The forms of approvals that are no filters. One noun, one file."""

"""The tables of the list pages of approvals and their exports; one noun, one file."""

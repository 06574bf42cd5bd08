"""How each list of approvals can be narrowed; the export narrows the same way. One noun, one file."""

"""What the larger pages of approvals show, gathered: one page, one file; the views only answer requests."""

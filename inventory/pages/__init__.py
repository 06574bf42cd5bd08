"""What the larger pages show, gathered: one page, one file; the views only answer requests."""

"""The registry: accounts, vendors, sending names, and how they come in."""

"""The ninety days before the demo began, replayed through the real collector."""

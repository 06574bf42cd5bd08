"""The read API under /api/v1/: what a token sees is what its user sees."""

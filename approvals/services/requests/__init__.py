"""Requests: asked, submitted, waiting for those who may decide, withdrawn or lapsed."""

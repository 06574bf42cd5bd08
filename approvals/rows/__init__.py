"""Rows of approvals as lists and the API show them."""

"""The terms of a grant: what they cover, and the least policy that says them."""

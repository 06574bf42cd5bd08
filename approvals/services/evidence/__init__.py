"""Evidence packs: everything about one review in a file that can be checked without us."""

"""What the engine found, in the words of an identity's owner."""

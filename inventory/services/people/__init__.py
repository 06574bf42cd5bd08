"""People: who signs in, their teams, tokens and views."""

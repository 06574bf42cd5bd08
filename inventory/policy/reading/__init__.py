"""How the text of a policy becomes statements whose every element knows where it stands."""

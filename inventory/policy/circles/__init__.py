"""How far one statement reaches, and what it means beside its reach."""

"""Sign-in with the company's own provider of identities (OpenID Connect)."""

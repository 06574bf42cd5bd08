"""How a request is looked for for which some conditions hold and others do not."""

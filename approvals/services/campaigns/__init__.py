"""Review campaigns: begun, staged, decided, signed, remediated, closed. Each step is one transaction."""

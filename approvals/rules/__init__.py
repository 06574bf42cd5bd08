"""What holds for requests and grants, as pure functions: no database, no clock, no framework."""

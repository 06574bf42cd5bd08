"""The demonstration: a double of AWS and an estate of an invented company."""

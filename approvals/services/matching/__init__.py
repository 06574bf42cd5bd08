"""Matching: what AWS allows beside what people approved."""

"""The double of AWS, and a Redis of a test's own that can be killed."""

from tests.collection.conftest import double, running_double

__all__ = ["double", "running_double"]

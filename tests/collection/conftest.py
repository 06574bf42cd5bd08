"""A double of AWS for the whole session, empty before each test."""

import pytest

from sesgov.demo.aws_double.client import started_double
from tests.collection.estate import ACCOUNT


@pytest.fixture(scope="session")
def running_double():
    with started_double() as double:
        yield double


@pytest.fixture
def double(running_double, monkeypatch):
    """The double, with the process's own credentials belonging to ``ACCOUNT``."""
    running_double.reset()
    for name, value in running_double.environment(ACCOUNT).items():
        monkeypatch.setenv(name, value)
    return running_double

"""The seeder's guard."""

import pytest

from sesgov.demo.endpoint import NotTheDemoError, check_demo_endpoint


def variables(opened, used):
    return {"SESGOV_DEMO_ENDPOINT": opened, "AWS_ENDPOINT_URL": used}


def test_the_endpoint_that_the_supervisor_opened_is_taken():
    assert check_demo_endpoint(variables("http://127.0.0.1:4566", "http://127.0.0.1:4566")) == "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("opened", "used"),
    [
        ("", ""),
        ("", "http://127.0.0.1:4566"),
        ("http://127.0.0.1:4566", ""),
        ("http://127.0.0.1:4566", "http://127.0.0.1:9999"),
        ("https://email.eu-west-1.amazonaws.com", "https://email.eu-west-1.amazonaws.com"),
        ("http://127.0.0.1.example.com", "http://127.0.0.1.example.com"),
        ("http://10.0.0.8:4566", "http://10.0.0.8:4566"),
    ],
)
def test_every_other_environment_is_refused(opened, used):
    with pytest.raises(NotTheDemoError):
        check_demo_endpoint(variables(opened, used))

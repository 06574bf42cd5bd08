"""The domain that people know an identity by."""

import pytest

from inventory.services.sending_names import sending_name


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("example.com", "example.com"),
        ("News.Mail.Example.com", "example.com"),
        ("billing@mail.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("mail.example.de", "example.de"),
        ("localhost", "localhost"),
    ],
)
def test_sending_name(identity, name):
    assert sending_name(identity) == name

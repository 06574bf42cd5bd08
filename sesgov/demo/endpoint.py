"""The guard of the demo: its seeder writes only where the supervisor opened the double."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from sesgov.demo.files import ENDPOINT_VARIABLE


class NotTheDemoError(RuntimeError):
    """The environment is not one that the supervisor made for the demo; nothing was written."""


def check_demo_endpoint(variables: Mapping[str, str]) -> str:
    """The endpoint of the double; raises :class:`NotTheDemoError` for any other environment."""
    opened, used = variables.get(ENDPOINT_VARIABLE, ""), variables.get("AWS_ENDPOINT_URL", "")
    if not opened or opened != used:
        raise NotTheDemoError(
            f"The demo is seeded only against the AWS endpoint that ./run opened: "
            f"{ENDPOINT_VARIABLE}={opened!r} and AWS_ENDPOINT_URL={used!r} must be given and equal."
        )
    if not _is_loopback(urlsplit(used).hostname or ""):
        raise NotTheDemoError(f"The demo is seeded only against a loopback endpoint, not against {used!r}.")
    return used


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""An organization on the double: as many accounts as wanted, each with sesgov's role."""

from typing import Any

MANAGEMENT = "640915237708"
ORGANIZATION = "o-world12345"
ROLE = "sesgov-read"
EXTERNAL_ID = "installation-secret"
KEY = "AKIATESTMANAGEMENT00"


def member(number: int, **fields: Any) -> dict[str, Any]:
    """The account of that number, from 1, in the unit of every tenth."""
    account_id = f"7000{number:08d}"
    return {
        "id": account_id,
        "name": f"Member {number}",
        "path": f"{ORGANIZATION}/r-root/ou-root-unit{number % 10}/",
        "regions": ["eu-west-1", "us-east-1"],
        "role": {"name": ROLE, "external_id": EXTERNAL_ID},
    } | fields


def world(*members: dict[str, Any], **organization: Any) -> dict[str, Any]:
    """The management account, with keys of its own, and these members."""
    management = {
        "id": MANAGEMENT,
        "name": "Management",
        "path": f"{ORGANIZATION}/r-root/",
        "regions": ["eu-west-1", "us-east-1"],
        "access_keys": [KEY],
    }
    return {
        "organization": {"id": ORGANIZATION, "management_account": MANAGEMENT} | organization,
        "default_account": MANAGEMENT,
        "accounts": [management, *members],
    }

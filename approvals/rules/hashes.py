"""Hashes of terms: what an approval names, and what makes two grants the same access."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from inventory.policy.grants.terms import GrantTerms

_DATES = ("starts_on", "ends_on", "time_zone")


def terms_hash(terms: GrantTerms, *, justification: str, ticket: str) -> str:
    """SHA-256 over everything that is approved: access, dates, reason and ticket."""
    return _sha256({**terms.to_json(), "justification": justification, "ticket": ticket})


def access_hash(terms: GrantTerms) -> str:
    """SHA-256 over the access alone; two grants with the same one differ at most in dates, reason and ticket."""
    return _sha256({member: value for member, value in terms.to_json().items() if member not in _DATES})


def _sha256(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()

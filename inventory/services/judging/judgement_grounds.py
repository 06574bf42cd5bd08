"""Grounds: all that a judgement of one identity follows from, as one hash; while it is the same, nothing can change."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from inventory.models import Identity
from inventory.policy.rules import ENGINE_VERSION
from inventory.services.judging.identity_copies import policies_hash

# A date operator, a key such as aws:CurrentTime, or an escape that may hide one.
_MAY_TELL_TIME = re.compile(r"time|date(?:equals|not|less|greater)|\\u", re.IGNORECASE)
_CODE = Path(__file__).resolve().parents[2]


def grounds(identity: Identity, documents: Mapping[str, str], knowledge_hash: str) -> str:
    """SHA-256 over policies, identity, registry and engine; empty where a policy may speak of time, which passes.

    The copies of the identity are left out: each of them, when it changes, judges all that they say together. Without
    a policy nobody is named whom the registry could know.
    """
    if any(may_tell_time(text) for text in documents.values()):
        return ""
    return hash_of(
        (
            engine_hash(),
            knowledge_hash if documents else "",
            policies_hash(documents),
            identity.scope.account.account_id,
            identity.scope.region,
            identity.name,
            identity.arn,
            identity.identity_type,
            identity.environment,
            str(identity.owner_team_id or ""),
        )
    )


def may_tell_time(text: str) -> bool:
    """Whether what a policy allows may change with the clock; rather once too often than once too rarely."""
    return not text.isascii() or _MAY_TELL_TIME.search(text) is not None


def hash_of(parts: Iterable[str]) -> str:
    """SHA-256 over texts in their order; none of them can pass for a part of its neighbour."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def engine_hash() -> str:
    """Changes with the engine's version, and with any line of its code in case nobody raised that."""
    return hash_of((ENGINE_VERSION, _code_hash()))


@cache
def _code_hash() -> str:
    files = sorted([*_CODE.joinpath("policy").rglob("*.py"), *_CODE.joinpath("services").rglob("*.py")])
    return hash_of(text for file in files for text in (file.name, file.read_text(encoding="utf-8")))

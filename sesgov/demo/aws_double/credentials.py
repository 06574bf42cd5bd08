"""Which account an access key belongs to.

An access key id of twelve digits belongs to that account. A world names keys of its own. AssumeRole makes new ones.
Any other key belongs to the default account, as with moto.
"""

import fnmatch
import hashlib
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

DEFAULT_ACCOUNT = "123456789012"
ACCOUNT_ID = re.compile(r"\d{12}")


@dataclass(slots=True)
class Session:
    account: str
    access_key: str
    arn: str
    user_id: str
    issued_at: float = field(default_factory=time.time)
    expires_at: float | None = None
    allowed: tuple[str, ...] | None = None
    """Actions that the session policy allows, as patterns in lower case; None without a session policy."""

    def permits(self, action: str) -> bool:
        if self.allowed is None:
            return True
        return any(fnmatch.fnmatchcase(action.lower(), pattern) for pattern in self.allowed)


class Credentials:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self, default_account: str = DEFAULT_ACCOUNT) -> None:
        with self._lock:
            self.default_account = default_account
            self._sessions: dict[str, Session] = {}

    def register(self, access_key: str, account: str, partition: str) -> None:
        arn = f"arn:{partition}:iam::{account}:user/administrator"
        self._keep(Session(account, access_key, arn, f"AIDA{access_key[-16:]}"))

    def assume(self, account: str, role_arn: str, session_name: str, seconds: int, policy: str | None) -> Session:
        partition, role = role_arn.split(":")[1], role_arn.rpartition("/")[2]
        access_key = "ASIA" + secrets.token_hex(8).upper()
        arn = f"arn:{partition}:sts::{account}:assumed-role/{role}/{session_name}"
        user_id = f"AROA{hashlib.sha256(role_arn.encode()).hexdigest()[:16].upper()}:{session_name}"
        session = Session(account, access_key, arn, user_id, allowed=_allowed(policy))
        session.expires_at = session.issued_at + seconds
        return self._keep(session)

    def of(self, access_key: str) -> Session:
        with self._lock:
            known = self._sessions.get(access_key)
        if known:
            return known
        account = access_key if ACCOUNT_ID.fullmatch(access_key) else self.default_account
        return Session(account, access_key, f"arn:aws:iam::{account}:user/moto", "AIDAEXAMPLE", issued_at=0.0)

    def _keep(self, session: Session) -> Session:
        with self._lock:
            self._sessions[session.access_key] = session
        return session


def _allowed(policy: str | None) -> tuple[str, ...] | None:
    if not policy:
        return None
    statements = json.loads(policy)["Statement"]
    allows = [s for s in _listed(statements) if s["Effect"] == "Allow"]
    return tuple(str(action).lower() for statement in allows for action in _listed(statement.get("Action", [])))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]

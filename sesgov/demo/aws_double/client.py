"""What tests and the demo say to the double: worlds, faults, the log of calls.

with started_double() as double:                       # a process of its own, on a free port
    double.put_identity("444400001111", "eu-west-1", "shop.example.com", policies={"p": {...}}, tags={"team": "x"})
    double.fault("pace", limit=1, action="GetEmailIdentity")
    ... code under test with AWS_ENDPOINT_URL=double.url ...
    assert len(double.calls(action="GetEmailIdentity")) == 30
    assert double.throttled() == 0
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

SAYS = "listening "


@dataclass(frozen=True, slots=True)
class DoubleClient:
    url: str

    def environment(self, account: str = "", region: str = "eu-west-1") -> dict[str, str]:
        """Variables with which boto3 meets this double and nothing else. The account's id is its access key."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account or "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def reset(self) -> None:
        self._ask("POST", "reset")

    def load_world(self, world: dict[str, Any]) -> None:
        """See ``world`` for its shape. Replaces what there is, faults and log included."""
        self._ask("POST", "world", world)

    def world(self) -> dict[str, Any]:
        """The loaded world with its identities as they are now."""
        found: dict[str, Any] = self._ask("GET", "world")
        return found

    def put_identity(self, account: str, region: str, name: str, **facts: object) -> None:
        """Store an identity as it is given, invalid policies included; see ``identities.Identity`` for the facts."""
        self._ask("POST", "identities", {"account": account, "region": region, "name": name, **facts})

    def delete_identity(self, account: str, region: str, name: str) -> None:
        self._ask("DELETE", "identities", {"account": account, "region": region, "name": name})

    def identities(self, account: str, region: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", f"identities?{urlencode({'account': account, 'region': region})}")
        return found

    def fault(self, kind: str, **fields: object) -> int:
        """Install a fault (see ``faults``); returns its number."""
        return int(self._ask("POST", "faults", {"kind": kind, **fields})["number"])

    def clear_faults(self, number: int | None = None) -> None:
        self._ask("DELETE", "faults", {} if number is None else {"number": number})

    def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """The log, oldest first: number, at, service, action, account, region, subject, status, code, throttled,
        seconds, access_key, detail. Fields given must be equal."""
        found: list[dict[str, Any]] = self._ask("GET", f"calls?{urlencode(wanted)}")
        return found

    def throttled(self, **wanted: str) -> int:
        return sum(1 for call in self.calls(**wanted) if call["throttled"])

    def forget_calls(self) -> None:
        self._ask("DELETE", "calls")

    def _ask(self, method: str, path: str, given: dict[str, Any] | None = None) -> Any:
        body = None if given is None else json.dumps(given).encode()
        with urlopen(Request(f"{self.url}/_double/{path}", data=body, method=method), timeout=30) as answer:  # noqa: S310
            return json.load(answer)


@contextmanager
def started_double(port: int = 0) -> Iterator[DoubleClient]:
    """A double in a process of its own, stopped at the end, or when this process dies."""
    command = [sys.executable, "-m", "sesgov.demo.aws_double", "--port", str(port), "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(SAYS):
                raise RuntimeError(f"the double did not start: {line!r}")
            yield DoubleClient(line.removeprefix(SAYS).strip())
        finally:
            process.terminate()

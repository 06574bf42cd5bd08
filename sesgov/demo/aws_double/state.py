"""Everything the double knows, in one place."""

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict

from sesgov.demo.aws_double import identities
from sesgov.demo.aws_double.credentials import DEFAULT_ACCOUNT, Credentials
from sesgov.demo.aws_double.faults import FaultTable
from sesgov.demo.aws_double.log import CallLog
from sesgov.demo.aws_double.world import World, WorldError, parse_world

NO_FACTS = ("name", "region")


@dataclass(slots=True)
class State:
    world: World = field(default_factory=World)
    credentials: Credentials = field(default_factory=Credentials)
    faults: FaultTable = field(default_factory=FaultTable)
    log: CallLog = field(default_factory=CallLog)
    loaded: dict[str, Any] = field(default_factory=dict)
    """The world as it was loaded, before anybody changed an identity."""

    def reset(self) -> None:
        """An empty AWS: no world, no faults, no log."""
        self.world, self.loaded = World(), {}
        self.credentials.reset()
        self.faults.clear()
        self.log.clear()
        BackendDict.reset()

    def load(self, data: dict[str, Any]) -> None:
        """Replace what there is by a world."""
        world = parse_world(data)
        self.reset()
        self.credentials.reset(data.get("default_account", DEFAULT_ACCOUNT))
        for account in world.accounts.values():
            for access_key in account.access_keys:
                self.credentials.register(access_key, account.id, account.partition)
        for item in data.get("accounts", []):
            for identity in item.get("identities", []):
                put_identity(item["id"], identity)
        for fault in data.get("faults", []):
            self.faults.add(fault)
        self.world, self.loaded = world, data

    def export(self) -> dict[str, Any]:
        """The loaded world with its identities as they are now."""
        accounts = [item | {"identities": _exported(item["id"])} for item in self.loaded.get("accounts", [])]
        return self.loaded | {"accounts": accounts}


def _exported(account: str) -> list[dict[str, Any]]:
    held = identities.held_by(account)
    return [{"name": item.email_identity, "region": region, **item.facts} for region, item in held]


def put_identity(account: str, data: dict[str, Any]) -> None:
    if not data.get("name") or not data.get("region"):
        raise WorldError(f"an identity of account {account} lacks its name or region")
    facts = {key: value for key, value in data.items() if key not in NO_FACTS}
    identities.put(account, data["region"], data["name"], **facts)

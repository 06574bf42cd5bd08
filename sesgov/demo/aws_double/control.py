"""What the double is told and asked, under ``/_double/``.

GET    /_double/health                          {"ok": true}
POST   /_double/reset                           an empty AWS
POST   /_double/world        a world            replaces what there is
GET    /_double/world                           the world with its identities as they are now
GET    /_double/identities?account=&region=     stored identities
POST   /_double/identities   {"account", "region", "name", "policies", ...}    back door: nothing is checked
DELETE /_double/identities   {"account", "region", "name"}
GET    /_double/faults · POST /_double/faults   a fault -> the fault with its number
DELETE /_double/faults       {"number"} or nothing: all
GET    /_double/calls?action=&account=&region=&service=&code=                  the log, oldest first
DELETE /_double/calls
"""

# ruff: noqa: ARG001 -- all acts have one signature

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from sesgov.demo.aws_double import identities
from sesgov.demo.aws_double.errors import Answer
from sesgov.demo.aws_double.state import State, put_identity

PREFIX = "/_double/"
Given = dict[str, Any]


def control(state: State, method: str, target: str, body: bytes) -> Answer:
    path, _, query = target.partition("?")
    act = ACTS.get((method, path.removeprefix(PREFIX)))
    if act is None:
        return _json(404, {"message": f"no {method} {path}"})
    given = dict(parse_qsl(query)) | (json.loads(body) if body else {})
    return _json(200, act(state, given))


def _json(status: int, value: object) -> Answer:
    return Answer(status, "application/json", json.dumps(value).encode())


def _health(state: State, given: Given) -> object:
    return {"ok": True}


def _reset(state: State, given: Given) -> object:
    state.reset()
    return {}


def _world(state: State, given: Given) -> object:
    return state.export()


def _load_world(state: State, given: Given) -> object:
    state.load(given)
    return {"accounts": len(state.world.accounts)}


def _identities(state: State, given: Given) -> object:
    held = identities.storage(given["account"], given["region"])
    return {name: item.get_response_object for name, item in held.items()}


def _put_identity(state: State, given: Given) -> object:
    put_identity(given.pop("account"), given)
    return {}


def _delete_identity(state: State, given: Given) -> object:
    identities.storage(given["account"], given["region"]).pop(given["name"], None)
    return {}


def _faults(state: State, given: Given) -> object:
    return state.faults.read()


def _add_fault(state: State, given: Given) -> object:
    return {"number": state.faults.add(given).number}


def _remove_faults(state: State, given: Given) -> object:
    if "number" in given:
        state.faults.remove(int(given["number"]))
    else:
        state.faults.clear()
    return {}


def _calls(state: State, given: Given) -> object:
    return state.log.read(**given)


def _clear_calls(state: State, given: Given) -> object:
    state.log.clear()
    return {}


ACTS: dict[tuple[str, str], Callable[[State, Given], object]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("POST", "world"): _load_world,
    ("GET", "world"): _world,
    ("GET", "identities"): _identities,
    ("POST", "identities"): _put_identity,
    ("DELETE", "identities"): _delete_identity,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _remove_faults,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
}

"""Populations: the callers that are looked among, and one request of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from inventory.policy.channels import Channel
from inventory.policy.reading.conditions import Condition
from inventory.policy.requests import Caller, CallerKind, ContextValue
from inventory.policy.search.templates import Demand

Literal = tuple[Condition, bool]
"""A condition, and whether it has to hold."""

SIGNERS = (CallerKind.ROLE_SESSION, CallerKind.USER, CallerKind.ROOT_USER, CallerKind.FEDERATED_SESSION)


class Population(NamedTuple):
    """The callers that are looked among.

    ``account`` ``None``: an account that the policies do not name. ``organizations``: ids; ``None`` stands for no
    organization, ``""`` for one that the policies do not name. ``unique_id`` ``None``: one that they do not name.
    For services ``account`` and ``organizations`` are those of what the service acts for, ``service`` its name
    (``None`` for any), ``is_source_fresh`` whether that is fixed nowhere.
    """

    channel: Channel
    action: str
    instant: datetime
    account: str | None = None
    organizations: tuple[str | None, ...] = (None, "")
    is_network_fresh: bool = True
    unique_id: str | None = None
    kinds: tuple[CallerKind, ...] = SIGNERS
    demands: tuple[Demand, ...] = ()
    service: str | None = None
    is_source_fresh: bool = True


@dataclass(frozen=True)
class Model:
    """One request: who calls, and the keys it carries by their canonical names."""

    caller: Caller
    context: Mapping[str, ContextValue]
    is_certain: bool = True

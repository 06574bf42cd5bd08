"""Solving: texts, addresses and instants that meet the globs and ranges of a policy, and some that just miss them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from inventory.policy.evaluation.comparisons import instant
from tests.policy.generators.dice import Dice

_VARIABLE = re.compile(r"\$\{([^},]*)(?:,\s*'([^']*)')?\s*\}")
_PRIVATE = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")
)

Known = Mapping[str, str | tuple[str, ...]]


def filled(dice: Dice, pattern: str, known: Known, fillers: tuple[str, ...] = ("", "x", "zz9")) -> str:
    """A text that a glob takes: wildcards filled, variables replaced by what the request carries."""
    text = _VARIABLE.sub(lambda found: _value(found.group(1), found.group(2), known), pattern)
    return re.sub(r"[*?]", lambda found: dice.pick(fillers) if found.group() == "*" else "x", text)


def _value(key: str, default: str | None, known: Known) -> str:
    if key in ("*", "?", "$"):
        return {"*": "\\*", "?": "\\?"}.get(key, "$")
    value = known.get(key.lower(), default or "")
    return value if isinstance(value, str) else ""


def address_near(dice: Dice, cidr: str, *, public: bool) -> str | None:
    """The first, the last or some address of a range, or the one beside it; ``None`` where such a call cannot be."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return None
    first, last = int(network.network_address), int(network.broadcast_address)
    size = last - first
    top = 2**network.max_prefixlen - 1
    wanted = dice.pick([first, last, first + size // 3, min(last + 1, top), max(first - 1, 0)])
    address = ip_address(wanted) if network.version == 4 else type(network.network_address)(wanted)
    if public and network.version == 4 and any(address in private for private in _PRIVATE):
        return None
    return str(address)


def instants_near(values: list[str], at: datetime) -> list[datetime]:
    """The instant itself, those that the values name and their neighbours, none before ``at``."""
    named = [moment for value in values if (moment := instant(value)) is not None]
    near = [moment + timedelta(seconds=shift) for moment in named for shift in (-1, 0, 1)]
    return [at, *(moment for moment in near if moment >= at)]


def numbers_near(values: list[str]) -> list[str]:
    """Each number with its neighbours."""
    return [str(int(value) + shift) for value in values if value.isdigit() for shift in (-1, 0, 1)]

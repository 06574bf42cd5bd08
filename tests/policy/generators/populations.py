"""Populations: how wide a reach must be so that one concrete caller is among those it means."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import Any

from inventory.policy.channels import Channel
from inventory.policy.reach import Reach
from inventory.policy.requests import Caller, CallerKind, ContextValue, Request
from tests.policy.generators.constants import Constants
from tests.policy.generators.world import OWNER

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Reading:
    """How what the policies fix is read, where more than one reading is fair.

    ``by_name``: a role's or user's name fixes it whatever its path. ``broad_is_fresh``: an address inside a range
    broader than /8 (IPv4) or /32 (IPv6) is fresh; ``merged``: after the ranges are merged.
    """

    by_name: bool = True
    broad_is_fresh: bool = False
    merged: bool = False


_EITHER = (False, True)
_NARROWEST = Reading()
_OF_WITNESSES = [Reading(by_name, broad_is_fresh=True, merged=merged) for by_name in _EITHER for merged in _EITHER]


def reaches_of_witness(request: Request, constants: Constants) -> set[Reach]:
    """Every reach that may show this request as the witness of its population."""
    return {reach_of(request, constants, reading) for reading in _OF_WITNESSES}


def reach_of(request: Request, constants: Constants, reading: Reading = _NARROWEST) -> Reach:
    """The narrowest reach that can mean this caller, given what the policies fix."""
    context = {key.lower(): value for key, value in request.context.items()}
    if request.channel is Channel.SERVICE:
        return Reach.SERVICE if _is_pinned(context, constants) else Reach.SERVICE_UNPINNED
    caller = request.caller
    if caller.account == OWNER:
        return Reach.SELF
    if _is_named(caller, context, constants, reading):
        return Reach.PRINCIPAL
    if caller.account in constants.accounts:
        return Reach.ACCOUNT
    if caller.organization in constants.organizations:
        return Reach.ORGANIZATION
    return Reach.PUBLIC if is_fresh_network(context, constants, reading) else Reach.NETWORK


def _is_pinned(context: dict[str, ContextValue], constants: Constants) -> bool:
    account, organization = context.get("aws:sourceaccount"), context.get("aws:sourceorgid")
    arn = str(context.get("aws:sourcearn", "")).split(":")
    owner = arn[4] if len(arn) > 5 else None
    paths = context.get("aws:sourceorgpaths", ())
    organizations = {organization, *(str(path).split("/")[0] for path in paths)}
    fixed = constants.accounts
    if context.get("aws:sourcearn") in constants.values:
        return True
    is_arn_fixed = context.get("aws:sourcearn") in constants.values_for("aws:sourcearn")
    return account in fixed or owner in fixed or is_arn_fixed or bool(organizations & constants.organizations)


def _is_named(caller: Caller, context: dict[str, ContextValue], constants: Constants, reading: Reading) -> bool:
    """Whether a name that the caller cannot share with others of the account stands in the policies."""
    if caller.account in constants.accounts and caller.kind is CallerKind.ROOT_USER:
        return True
    names = {caller.arn, caller.session_arn, caller.userid}
    if caller.account in constants.accounts:
        names.add(str(context.get("aws:username")))
    if reading.by_name and _bare(caller.arn or "") in {
        _bare(value) for value in constants.values if value.startswith("arn:")
    }:
        return True
    own_id = (caller.userid or "").partition(":")[0]
    if caller.kind is CallerKind.ROLE_SESSION and any(value.startswith(f"{own_id}:") for value in constants.values):
        return True
    # IAM has no two names in one account that differ by case alone.
    named = {value.lower() for value in constants.values}
    return any(isinstance(name, str) and name.lower() in named for name in names)


def _bare(arn: str) -> tuple[str, str]:
    """A role's or user's name is unique in its account, whatever its path and case."""
    start, _, name = arn.lower().rpartition("/")
    return start.partition("/")[0], name


def is_fresh_network(context: dict[str, ContextValue], constants: Constants, reading: Reading) -> bool:
    """Whether no range or network that the policies name holds the call."""
    if {context.get("aws:sourcevpc"), context.get("aws:sourcevpce")} & constants.values:
        return False
    address = context.get("aws:sourceip")
    if not isinstance(address, str):
        return True
    ranges = [cidr for value in constants.values_for("aws:sourceip") if (cidr := _range(value)) is not None]
    if reading.merged:
        ranges = [*_merged(ranges, 4), *_merged(ranges, 6)]
    if reading.broad_is_fresh:
        return not any(_holds(cidr, address) for cidr in ranges if cidr.prefixlen >= {4: 8, 6: 32}[cidr.version])
    return not any(_holds(cidr, address) for cidr in ranges if cidr.prefixlen > 0)


def _range(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _merged(ranges: list[Network], version: int) -> list[Network]:
    same: Any = [cidr for cidr in ranges if cidr.version == version]
    return list(collapse_addresses(same))


def _holds(cidr: Network, address: str) -> bool:
    place = ip_address(address)
    return place.version == cidr.version and place in cidr

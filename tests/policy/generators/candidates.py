"""Candidates: the values one key can have in one request, ``ABSENT`` among them where a call may lack the key."""

import re
from datetime import UTC, datetime, timedelta

from inventory.policy.channels import Channel
from inventory.policy.requests import Caller, CallerKind, ContextValue
from tests.policy.generators.constants import Constants
from tests.policy.generators.dice import Dice, some
from tests.policy.generators.solving import address_near, filled, instants_near, numbers_near
from tests.policy.generators.world import AT, DOMAIN, HOME, OURS, OWNER, REGION, STRANGE_ORGANIZATION, STRANGERS

ABSENT: ContextValue = ()

_DAY = timedelta(days=1)
_NUMBERS = ("aws:multifactorauthage", "ses:messagesize")
_SETS = ("ses:recipients", "aws:calledvia")
_IN_DOMAIN = re.compile(rf"[^@\s]+@([a-z0-9-]+\.)*{re.escape(DOMAIN)}")
_FRESH_NETWORK: dict[str, tuple[ContextValue, ...]] = {
    "aws:sourceip": ("52.95.4.19", "2600:1f18::9"),
    "aws:vpcsourceip": ("10.44.3.2", "192.168.7.7"),
    "aws:sourcevpc": ("vpc-09f8e7d6c5b4a3021",),
    "aws:sourcevpce": ("vpce-09f8e7d6c5b4a3021",),
}


def candidates(
    dice: Dice, key: str, caller: Caller, channel: Channel, constants: Constants, made: dict[str, ContextValue]
) -> list[ContextValue]:
    """Values for a key in lower case, given what the request carries already."""
    if key in _WHO:
        return _of_caller(key, caller)
    if key in _FRESH_NETWORK:
        return _network(dice, key, channel, constants)
    return list(_FIXED[key]) if key in _FIXED else _chosen(dice, key, constants, made)


def _chosen(dice: Dice, key: str, constants: Constants, made: dict[str, ContextValue]) -> list[ContextValue]:
    """Values that any caller may choose."""
    values = constants.values_for(key)
    if key in _NUMBERS:
        return [*numbers_near(values), "5", ABSENT]
    if key == "aws:tokenissuetime":
        return [*(spelt(moment) for moment in instants_near(values, AT - _DAY)), ABSENT]
    texts = [filled(dice, value, made) for value in values for _ in range(2)]
    texts = [text for text in texts if text or key.startswith("aws:principaltag/")]
    if key == "ses:fromaddress":
        return [text for text in (*texts, f"x@{DOMAIN}", f"x@mail.{DOMAIN}") if _IN_DOMAIN.fullmatch(text)]
    if key in _SETS:
        options: list[ContextValue] = [tuple(some(dice, [*texts, "ann@elsewhere.test"])) for _ in range(3)]
        return [*options, *((text,) for text in texts), *([ABSENT] if key == "aws:calledvia" else [])]
    return ["fresh", *texts, ABSENT]


def clock(dice: Dice, constants: Constants) -> dict[str, ContextValue]:
    """One instant as both keys that tell it, not before the analysis."""
    values = constants.values_for("aws:currenttime") + constants.values_for("aws:epochtime")
    now = dice.pick(instants_near(values, AT))
    return {"aws:currenttime": spelt(now), "aws:epochtime": str(int(now.timestamp()))}


def spelt(moment: datetime) -> str:
    """An instant as a request carries it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


OF_SERVICES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")


def service_side(dice: Dice, constants: Constants) -> dict[str, ContextValue]:
    """For whom a service acts: an account, one of its resources, its organization; each of them may be left out."""
    account = dice.pick([*STRANGERS, *sorted(constants.accounts), OWNER])
    home = HOME.get(account, dice.pick([STRANGE_ORGANIZATION, *sorted(constants.organizations)]))
    name = dice.pick([f"x{filled(dice, value, {})}" for value in constants.values_for("aws:sourcearn")] or ["x"])
    sort = dice.pick(["cognito-idp:us-east-1", "ses:us-east-1"])
    made: dict[str, ContextValue] = {}
    if dice.chance(85):
        made["aws:sourceaccount"] = account
    if dice.chance(85):
        own = f"arn:aws:{sort}:{account}:{dice.pick(['userpool', 'x'])}/{dice.pick([name, 'y'])}"
        buckets = [
            filled(dice, arn, {}) for arn in constants.values_for("aws:sourcearn") if arn.startswith("arn:aws:s3")
        ]
        made["aws:sourcearn"] = dice.pick([own, own, *buckets])
    if dice.chance(70):
        made["aws:sourceorgid"] = home
        made["aws:sourceorgpaths"] = (f"{home}/r-ab12/ou-ab12-11111111/",)
    return made


_WHO = (
    "aws:principalaccount", "aws:principalarn", "aws:userid", "aws:username", "aws:principaltype",
    "aws:principalorgid", "aws:principalorgpaths", "aws:principalisawsservice", "aws:principalservicename",
)  # fmt: skip
_TYPES = {
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.USER: "User",
    CallerKind.ROOT_USER: "Account",
    CallerKind.FEDERATED_SESSION: "FederatedUser",
}
_FIXED: dict[str, tuple[ContextValue, ...]] = {
    "aws:resourceaccount": (OWNER,),
    "aws:securetransport": ("true", "false"),
    "aws:multifactorauthpresent": ("true", "false", ABSENT),
    "aws:resourceorgid": (OURS,),
    "aws:requestedregion": (REGION, ABSENT),
    "aws:resourcetag/env": ("production", ABSENT),
}


def _of_caller(key: str, caller: Caller) -> list[ContextValue]:
    """Who the caller is, or nothing: SES documents only some of the keys that say so."""
    is_user = caller.kind is CallerKind.USER
    known: dict[str, ContextValue | None] = {
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.arn,
        "aws:userid": caller.userid,
        "aws:username": (caller.arn or "").rpartition("/")[2] if is_user else None,
        "aws:principaltype": _TYPES.get(caller.kind),
        "aws:principalorgid": caller.organization,
        "aws:principalorgpaths": caller.organization_paths or None,
        "aws:principalisawsservice": "true" if caller.kind is CallerKind.SERVICE else "false",
        "aws:principalservicename": caller.service,
    }
    value = known[key]
    return [ABSENT] if value is None else [value, value, value, ABSENT]


def _network(dice: Dice, key: str, channel: Channel, constants: Constants) -> list[ContextValue]:
    values = constants.values_for(key)
    options: list[ContextValue] = list(_FRESH_NETWORK[key])
    if key.endswith("ip"):
        near = [address_near(dice, value, public=key == "aws:sourceip") for value in values for _ in range(2)]
        options += [address for address in near if address is not None]
    else:
        hexes = ("0f1e2d3c", "1a", "0a1b2c3d9")
        prefix = f"{key.removeprefix('aws:source')}-"
        texts = [filled(dice, value, {}, hexes) for value in values]
        options += [text if text.startswith(prefix) else prefix + text for text in texts]
    return [*options, ABSENT] if channel is Channel.SERVICE else options

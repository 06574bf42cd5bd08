"""Callers: one of each population, with names that the caller may choose to please the policy."""

import re
from collections.abc import Sequence

from inventory.policy.evaluation.patterns import matches, pattern_of
from inventory.policy.requests import Caller, CallerKind
from tests.policy.generators.constants import Constants
from tests.policy.generators.dice import Dice
from tests.policy.generators.solving import filled
from tests.policy.generators.world import (
    ACCOUNTS,
    COLLEAGUE,
    HOME,
    OURS,
    OWNER,
    PARTNER,
    SERVICES,
    STRANGE_ORGANIZATION,
    STRANGERS,
)

POPULATIONS = ("stranger", "member", "partner", "own", "service")

_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_PATH = re.compile(r"[!-~]{0,500}")
_SESSION = re.compile(r"[\w+=,.@-]{2,64}")
_IDS = {
    f"arn:aws:iam::{PARTNER}:role/Mailer": "AROAPARTNERMAILER0001",
    f"arn:aws:iam::{COLLEAGUE}:user/ann": "AIDACOLLEAGUEANN00001",
}
_SIGNERS = (
    CallerKind.ROLE_SESSION, CallerKind.ROLE_SESSION, CallerKind.ROLE_SESSION, CallerKind.USER, CallerKind.USER,
    CallerKind.ROOT_USER, CallerKind.FEDERATED_SESSION,
)  # fmt: skip
_KIND_OF_ARN = {
    "role": CallerKind.ROLE_SESSION,
    "user": CallerKind.USER,
    "federated-user": CallerKind.FEDERATED_SESSION,
}


def caller_of(dice: Dice, population: str, constants: Constants) -> Caller:
    """One caller of the population."""
    if population == "service":
        return Caller(CallerKind.SERVICE, service=dice.pick([*constants.services, *SERVICES]))
    account, organization = _home(dice, population, constants)
    literal = [arn for arn in constants.arns if f"::{account}:" in arn and "*" not in arn and "$" not in arn]
    if literal and population in ("partner", "own") and dice.chance(60):
        named = _named(dice, dice.pick(literal), account, organization, constants)
        if named is not None:
            return named
    return _made(dice, dice.pick(_SIGNERS), account, organization, constants)


def _home(dice: Dice, population: str, constants: Constants) -> tuple[str, str | None]:
    if population == "own":
        return OWNER, OURS
    if population == "partner":
        account = dice.pick(sorted(constants.accounts - {OWNER}) or ACCOUNTS[1:])
        return account, HOME.get(account)
    if population == "member":
        return dice.pick(STRANGERS), dice.pick(sorted(constants.organizations) or [OURS])
    longer = [f"{organization}zz" for organization in sorted(constants.organizations)]
    return dice.pick(_stranger_accounts(constants)), dice.pick([None, STRANGE_ORGANIZATION, *longer])


def _stranger_accounts(constants: Constants) -> list[str]:
    """Accounts the policies do not name, some of which share digits with a wildcard in them."""
    begun = [value.rstrip("*?") for value in constants.values if re.fullmatch(r"\d+[*?]", value)]
    near = [(digits + "086420975318")[:12] for digits in begun if digits]
    return [account for account in (*STRANGERS, *near) if account not in constants.accounts]


def _named(
    dice: Dice, arn: str, account: str, organization: str | None, constants: Constants
) -> Caller | None:  # fmt: skip
    resource = arn.split(":", 5)[5] if arn.count(":") >= 5 else ""
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        return _role(dice, account, organization, f"arn:aws:iam::{account}:role/{role}", session, constants)
    if kind == "role":
        return _role(dice, account, organization, arn, _session(dice, constants), constants)
    if kind in _KIND_OF_ARN:
        return _user(dice, account, organization, arn, _KIND_OF_ARN[kind], constants)
    return _made(dice, dice.pick(_SIGNERS), account, organization, constants) if kind == "root" else None


def _made(dice: Dice, kind: CallerKind, account: str, organization: str | None, constants: Constants) -> Caller:
    if kind is CallerKind.ROOT_USER:
        arn = f"arn:aws:iam::{account}:root"
        return Caller(kind, account, arn, None, account, organization, _paths(dice, organization))
    arn = _arn(dice, kind, account, constants)
    if kind is CallerKind.ROLE_SESSION:
        return _role(dice, account, organization, arn, _session(dice, constants), constants)
    return _user(dice, account, organization, arn, kind, constants)


def _arn(dice: Dice, kind: CallerKind, account: str, constants: Constants) -> str:
    """An ARN of the kind in the account; in most throws one that a glob of the policies takes, if any can be had."""
    is_federated = kind is CallerKind.FEDERATED_SESSION
    service, sort = ("sts", "federated-user") if is_federated else ("iam", kind.value.removesuffix("_session"))
    names = _names(dice, constants, may_have_path=not is_federated)
    arns = [f"arn:aws:{service}::{account}:{sort}/{name}" for name in names]
    asked = [pattern_of(value) for value in constants.values_for("aws:principalarn")]
    taken = [arn for arn in arns if any(matches(pattern, arn) for pattern in asked)]
    return dice.pick(taken if taken and dice.chance(70) else arns)


def _role(dice: Dice, account: str, organization: str | None, arn: str, session: str, constants: Constants) -> Caller:
    userid = _id(dice, "AROA", arn, account, constants)
    assumed = f"arn:aws:sts::{account}:assumed-role/{arn.rpartition('/')[2]}/{session}"
    return Caller(
        CallerKind.ROLE_SESSION, account, arn, assumed, f"{userid}:{session}", organization, _paths(dice, organization)
    )


def _user(
    dice: Dice, account: str, organization: str | None, arn: str, kind: CallerKind, constants: Constants
) -> Caller:
    name = arn.rpartition("/")[2]
    userid = f"{account}:{name}" if kind is CallerKind.FEDERATED_SESSION else _id(dice, "AIDA", arn, account, constants)
    return Caller(kind, account, arn, None, userid, organization, _paths(dice, organization))


def _id(dice: Dice, prefix: str, arn: str, account: str, constants: Constants) -> str:
    """The unique id of a role or user: its own, one that the policies ask for, or a fresh one."""
    asked = [filled(dice, value.partition(":")[0], {}).upper() for value in constants.values_for("aws:userid")]
    asked = [each for each in asked if each.startswith(prefix)]
    return dice.pick([_IDS.get(arn, f"{prefix}{account}FRESH"), *(asked if arn not in _IDS else [])])


def _paths(dice: Dice, organization: str | None) -> tuple[str, ...]:
    """Root and unit ids are unique only within an organization: everybody may have these."""
    unit = dice.pick(["ou-ab12-11111111/", "", "ou-ab12-22222222/ou-ab12-11111111/"])
    return () if organization is None else (f"{organization}/r-ab12/{unit}",)


def _names(dice: Dice, constants: Constants, *, may_have_path: bool) -> list[str]:
    names = ["fresh", "Mailer"]
    if may_have_path:
        names.append("team/Mailer")
    for pattern in constants.arns:
        for start in _starts(pattern):
            name = filled(dice, pattern[start:], {}).lstrip("/")
            names += [each for each in (name, f"x{name}", f"{name}/x") if _is_name(each, may_have_path=may_have_path)]
    return names


def _starts(pattern: str) -> Sequence[int]:
    """Where a stranger's own part may take over from the pattern: its start, after a wildcard, after the kind."""
    return [0, *(found.end() for found in re.finditer(r"\*|(?:role|user|federated-user)/", pattern))]


def _is_name(text: str, *, may_have_path: bool) -> bool:
    path, slash, name = text.rpartition("/")
    if slash and not path:
        return False
    return bool(_NAME.fullmatch(name)) and (not path or (may_have_path and bool(_PATH.fullmatch(path))))


def _session(dice: Dice, constants: Constants) -> str:
    wanted = [filled(dice, value.rpartition(":")[2], {}) for value in constants.values_for("aws:userid")]
    return dice.pick([name for name in ("fresh-session", "run", *wanted) if _SESSION.fullmatch(name)])

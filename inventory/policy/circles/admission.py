"""Admission: whether a delegation means the caller, the content and the instant of one request."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from inventory.policy.actions import CANONICAL
from inventory.policy.channels import Channel
from inventory.policy.keys import Presence, find_key, presence
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.reading.instants import instant_of
from inventory.policy.requests import Caller, CallerKind, ContextValue, Request
from inventory.policy.search.truths import holds

OWN_ORGANIZATION = "${aws:ResourceOrgID}"
"""Stands among the organizations of a delegation for that of the identity's owner, where nobody told its id."""

_OPEN = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK)


def is_among(
    reach: Reach,
    request: Request,
    accounts: Sequence[str],
    organizations: Sequence[str],
    principals: Sequence[str],
    services: Sequence[str],
) -> bool:
    """Whether the caller is one of those that a reach and its names mean."""
    caller = request.caller
    if reach in (Reach.INERT, Reach.DANGLING):
        return False
    if request.channel is Channel.SERVICE:
        return _is_service(reach, request, accounts, organizations, principals, services)
    if caller.kind is CallerKind.SERVICE or reach in _OPEN:
        return caller.kind is not CallerKind.SERVICE
    if reach is Reach.PRINCIPAL:
        return any(_is_principal(caller, principal) for principal in principals)
    return _is_in(caller, organizations) if reach is Reach.ORGANIZATION else caller.account in accounts


def _is_in(caller: Caller, organizations: Sequence[str]) -> bool:
    of_path = {path.partition("/")[0] for path in caller.organization_paths}
    return caller.organization is not None and (
        caller.organization in organizations or OWN_ORGANIZATION in organizations or bool(of_path & set(organizations))
    )


def _is_principal(caller: Caller, principal: str) -> bool:
    if not principal.startswith("arn:"):
        return (caller.userid or "").partition(":")[0] == principal
    if principal in (caller.arn, caller.session_arn):
        return True
    # The name of a role or user is unique in its account, whatever its path and case.
    return caller.arn is not None and ":assumed-role/" not in principal and _bare(principal) == _bare(caller.arn)


def _bare(arn: str) -> tuple[str, str, str]:
    account_and_kind, _, name = arn.lower().rpartition("/")
    return account_and_kind.partition("/")[0], name, arn.lower() if not name else ""


def _is_service(
    reach: Reach,
    request: Request,
    accounts: Sequence[str],
    organizations: Sequence[str],
    principals: Sequence[str],
    services: Sequence[str],
) -> bool:
    if request.caller.kind is not CallerKind.SERVICE:
        return False
    if reach in _OPEN:
        return True
    if "*" not in services and request.caller.service not in services:
        return False
    if reach is Reach.SERVICE_UNPINNED:
        return True
    return _acts_for(request.context, accounts, organizations, principals)


def _acts_for(
    context: Mapping[str, ContextValue],
    accounts: Sequence[str],
    organizations: Sequence[str],
    principals: Sequence[str],
) -> bool:
    """Whether what a service acts for is among the accounts, organizations and ARNs."""
    known = {key.lower(): value for key, value in context.items()}
    arn = str(known.get("aws:sourcearn", ""))
    owners = {known.get("aws:sourceaccount"), known.get("aws:sourceowner"), *arn.split(":")[4:5]}
    paths = known.get("aws:sourceorgpaths", ())
    roots = {path.partition("/")[0] for path in ((paths,) if isinstance(paths, str) else paths)}
    homes = {known.get("aws:sourceorgid"), *roots} - {None}
    return bool(
        owners & set(accounts)
        or homes & set(organizations)
        or (homes and OWN_ORGANIZATION in organizations)
        or arn in principals
    )


def is_met(condition: Condition, request: Request) -> bool:
    """Whether a request meets the condition that a limit is; one that nobody can judge counts as met."""
    if condition.doubt or condition.key is None:
        return True
    return holds(condition, _context(request), {})


def _context(request: Request) -> dict[str, ContextValue]:
    """The keys that such a request can carry, by their canonical names."""
    context: dict[str, ContextValue] = {}
    for name, value in request.context.items():
        key = find_key(name)
        if key is None:
            context[name] = value
        elif (
            presence(key, request.channel, CANONICAL.get(request.action.lower().removeprefix("ses:"), ""))
            is not Presence.NEVER
        ):
            context[key.name] = value
    return context


def is_within(starts_at: datetime | None, ends_at: datetime | None, request: Request) -> bool:
    """Whether the request's instant lies in a span of time; a request without an instant does."""
    told = next((value for key, value in request.context.items() if key.lower() == "aws:currenttime"), None)
    instant = instant_of(told) if isinstance(told, str) else None
    if instant is None:
        return True
    return (starts_at is None or instant >= starts_at) and (ends_at is None or instant < ends_at)

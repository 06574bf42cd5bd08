"""Shrinking: the smallest policies and the plainest request that still break the same promise."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from inventory.policy.requests import Caller, CallerKind, Request
from tests.policy.soundness import Counterexample, Documents, judge

_OF_REQUESTS = ("admitted", "narrow")
_OF_OTHERS = {"aws:username", "aws:PrincipalType", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"}
Path = tuple[str | int, ...]

_CARRIED = {
    "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:ResourceAccount", "aws:ResourceOrgID",
    "aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce", "ses:FromAddress", "ses:Recipients",
}  # fmt: skip


def shrunk(found: Counterexample) -> Counterexample:
    """Take parts away, one by one, as long as the same property stays broken."""
    again = True
    while again:
        smaller = (smaller for smaller in _smaller(found) if smaller is not None)
        better = next(smaller, None)
        again = better is not None
        found = better or found
    return found


def _smaller(found: Counterexample) -> Iterator[Counterexample | None]:
    for path in _paths(found.documents):
        yield _still_broken(replace(found, documents=_without(found.documents, path)))
    if found.request is not None and found.broken in _OF_REQUESTS:
        for simple in _plainer_callers(found.request):
            yield _still_broken(replace(found, request=simple))
        for key in sorted(set(found.request.context) - _CARRIED):
            context = {name: value for name, value in found.request.context.items() if name != key}
            yield _still_broken(replace(found, request=replace(found.request, context=context)))


def _plainer_callers(request: Request) -> Iterator[Request]:
    """The caller under the name of a plain role, or without an organization."""
    caller = request.caller
    if caller.account is None:
        return
    plain = Caller(
        CallerKind.ROLE_SESSION,
        caller.account,
        f"arn:aws:iam::{caller.account}:role/fresh",
        f"arn:aws:sts::{caller.account}:assumed-role/fresh/run",
        f"AROA{caller.account}FRESH:run",
    )
    told = {"aws:PrincipalArn": plain.arn, "aws:userid": plain.userid}
    context = {key: told.get(key) or value for key, value in request.context.items() if key not in _OF_OTHERS}
    if caller != plain:
        yield replace(request, caller=plain, context=context)


def _still_broken(found: Counterexample) -> Counterexample | None:
    asked = [found.request] if found.request is not None and found.broken in _OF_REQUESTS else []
    try:
        broken = judge(found.documents, asked)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return next((each for each in broken if each.broken == found.broken), None)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every member that may be taken away: policies, statements, operators, keys, list entries."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if len(path) != 1 and not (len(path) == 3 and name != "Condition") and len(value) > (len(path) < 3):
                yield (*path, name)
            yield from _paths(inner, (*path, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            if len(value) > 1:
                yield (*path, index)
            yield from _paths(inner, (*path, index))


def _without(documents: Documents, path: Path) -> Documents:
    made = copy.deepcopy(documents)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return made

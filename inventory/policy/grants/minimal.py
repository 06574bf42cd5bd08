"""Minimal policy: the document that allows what the terms of a grant say, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

from inventory.policy.channels import Channel
from inventory.policy.grants.addresses import operator_for, policy_value
from inventory.policy.grants.terms import GrantTerms, TermsError, sends_mail
from inventory.policy.keys import Presence, find_key, presence
from inventory.policy.reading.documents import MOST_CHARACTERS
from inventory.policy.reading.instants import iso

Conditions = dict[str, dict[str, Any]]


class PolicyTooLargeError(TermsError):
    """The terms need a policy that is larger than SES takes."""


def minimal_policy(terms: GrantTerms) -> dict[str, Any]:
    """The least document for the terms. AWS itself ends the access, at the midnight after the last valid day.

    Actions that carry neither sender nor recipients, ``ses:SendBulkEmail`` among them, are left out where the terms
    limit those. Raises :class:`TermsError` where no action is left, :class:`PolicyTooLargeError` over 4 KB.
    """
    groups = list(_action_groups(terms))
    if not groups:
        left_out = ", ".join(terms.actions)
        raise TermsError("actions", f"{left_out} carry no address: under a limit on addresses nothing can be allowed")
    statements = [
        {"Effect": "Allow", **who, "Action": _one_or_all(actions), "Resource": _resource(terms), "Condition": what}
        for actions, limits in groups
        for who, pins in _callers(terms)
        for what in [_merged(limits, pins, _network(terms), _window(terms))]
    ]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": f"Grant{number}", **each} for number, each in enumerate(statements, 1)],
    }
    size = len(json.dumps(policy, separators=(",", ":")))
    if size > MOST_CHARACTERS:
        raise PolicyTooLargeError(
            "terms", f"the policy would have {size:,} characters; SES takes {MOST_CHARACTERS:,}. Ask for less at once"
        )
    return policy


def _resource(terms: GrantTerms) -> str:
    """The identity; in an address that holds ``${`` this is no variable."""
    return terms.identity_arn.replace("${", "${$}{")


def _action_groups(terms: GrantTerms) -> Iterator[tuple[list[str], Conditions]]:
    """Actions with the limits on content that they need."""
    mail = [action for action in terms.actions if sends_mail(action)]
    other = [action for action in terms.actions if not sends_mail(action)]
    limits = _content(terms)
    if limits:
        mail = [action for action in mail if all(_carries(action, key) for key in _limited(terms))]
        groups = [(mail, limits), (other, {})]
    else:
        groups = [(list(terms.actions), {})]
    yield from (group for group in groups if group[0])


def _limited(terms: GrantTerms) -> list[str]:
    return [
        *(["ses:FromAddress"] if terms.from_addresses else []),
        *(["ses:Recipients"] if terms.recipients else []),
    ]


def _carries(action: str, key: str) -> bool:
    known = find_key(key)
    return known is not None and presence(known, Channel.DIRECT, action.removeprefix("ses:")) is not Presence.NEVER


def _content(terms: GrantTerms) -> Conditions:
    limits: Conditions = {}
    if terms.from_addresses:
        values = [policy_value(each) for each in terms.from_addresses]
        limits[operator_for(terms.from_addresses)] = {"ses:FromAddress": _one_or_all(values)}
    if terms.recipients:
        values = [policy_value(each) for each in terms.recipients]
        limits[f"ForAllValues:{operator_for(terms.recipients)}"] = {"ses:Recipients": _one_or_all(values)}
        limits["Null"] = {"ses:Recipients": "false"}
    return limits


def _callers(terms: GrantTerms) -> Iterator[tuple[dict[str, Any], Conditions]]:
    named = sorted(terms.accounts) + sorted(terms.arns)
    if terms.means_anyone:
        named = ["*"]
    if named:
        yield {"Principal": {"AWS": _one_or_all(named)}}, {}
    if terms.organizations:
        organizations = _one_or_all(sorted(terms.organizations))
        yield {"Principal": {"AWS": "*"}}, {"StringEquals": {"aws:PrincipalOrgID": organizations}}
    for service in sorted({each.service for each in terms.services}):
        accounts = sorted(each.source_account for each in terms.services if each.service == service)
        yield {"Principal": {"Service": service}}, {"StringEquals": {"aws:SourceAccount": _one_or_all(accounts)}}


def _network(terms: GrantTerms) -> Conditions:
    return {"IpAddress": {"aws:SourceIp": _one_or_all(list(terms.networks))}} if terms.networks else {}


def _window(terms: GrantTerms) -> Conditions:
    window: Conditions = {}
    if terms.starts_at is not None:
        window["DateGreaterThanEquals"] = {"aws:CurrentTime": iso(terms.starts_at)}
    window["DateLessThan"] = {"aws:CurrentTime": iso(terms.ends_at)}
    return window


def _merged(*blocks: Conditions) -> Conditions:
    merged: Conditions = {}
    for block in blocks:
        for operator, tests in block.items():
            merged.setdefault(operator, {}).update(tests)
    return merged


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values

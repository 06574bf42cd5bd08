"""Coverage: a wider delegation is never called covered."""

import json
import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.policy.analysis import analyse
from inventory.policy.channels import Channel
from inventory.policy.delegations import Delegation
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.grants.containment import is_text_within
from inventory.policy.grants.coverage import Axis, Match, Wider, covers
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, PinnedService, TermsError
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import condition_of
from inventory.policy.trust import Registry, Trust
from tests.policy.grants import (
    COGNITO,
    IDENTITY,
    ORGANIZATION,
    OTHER_ROLE,
    OWNER,
    PARTNER,
    ROLE,
    SENDS,
    SESSION,
    STRANGER,
    grant,
    is_inside,
    requests_around,
    terms,
)

Policy = dict[str, Any]
NOW = datetime(2026, 10, 1, tzinfo=UTC)
END = {"DateLessThan": {"aws:CurrentTime": "2027-04-01T00:00:00Z"}}
FROM = {"from_addresses": ("*@shop.example.com",)}


def _delegations(*statements: Policy) -> tuple[Delegation, ...]:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = analyse(owner_account=OWNER, identity_arn=IDENTITY, policies={"p": policy}, registry=Registry(), at=NOW)
    assert not found.problems
    return found.delegations


def _allow(principal: object, condition: Policy | None = None, action: object = "ses:SendEmail") -> Policy:
    return {
        "Effect": "Allow",
        "Principal": principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal},
        "Action": action,
        "Resource": IDENTITY,
        "Condition": {**END, **(condition or {})},
    }


def _axes(told: GrantTerms, *statements: Policy, channel: Channel = Channel.DIRECT) -> set[Axis]:
    """In what the statements' delegations over one channel are wider."""
    found = [d for d in _delegations(*statements) if d.channel is channel]
    assert found
    verdicts = [covers(told, each) for each in found]
    return {reason.axis for verdict in verdicts if isinstance(verdict, Wider) for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("granted", "principal", "axes"),
    [
        ((PARTNER,), PARTNER, set()),
        ((PARTNER,), f"arn:aws:iam::{PARTNER}:root", set()),
        ((PARTNER,), ROLE, set()),
        ((PARTNER,), SESSION, set()),
        ((ROLE,), ROLE, set()),
        ((ROLE,), SESSION, set()),
        ((SESSION,), SESSION, set()),
        ((SESSION,), ROLE, {Axis.WHO}),
        ((SESSION,), f"arn:aws:sts::{PARTNER}:assumed-role/Sender/day", {Axis.WHO}),
        ((ROLE,), OTHER_ROLE, {Axis.WHO}),
        ((ROLE,), PARTNER, {Axis.WHO}),
        ((PARTNER,), STRANGER, {Axis.WHO}),
        ((PARTNER,), [PARTNER, STRANGER], {Axis.WHO}),
        ((PARTNER,), "*", {Axis.WHO}),
        ((ORGANIZATION,), "*", {Axis.WHO}),
        (("*",), "*", set()),
        (("*",), {"Federated": "accounts.example.com"}, {Axis.WHO}),
        ((PARTNER,), OWNER, {Axis.WHO}),
    ],
)
def test_who(granted, principal, axes):
    assert _axes(grant(principals=granted), _allow(principal)) == axes


def test_an_organization_covers_its_own_accounts_only():
    inside = _allow("*", {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})
    assert _axes(grant(principals=(ORGANIZATION,)), inside) == set()
    assert _axes(grant(principals=("o-another",)), inside) == {Axis.WHO}
    assert _axes(grant(principals=(ORGANIZATION,)), _allow(PARTNER)) == {Axis.WHO}


@pytest.mark.parametrize(
    ("condition", "axes"),
    [
        ({"StringEquals": {"aws:SourceAccount": OWNER}}, set()),
        ({"StringEquals": {"aws:SourceAccount": [OWNER, STRANGER]}}, {Axis.WHO}),
        ({}, {Axis.WHO}),
    ],
)
def test_a_service_is_covered_for_the_account_it_is_pinned_to(condition, axes):
    told = grant(services=(PinnedService(COGNITO, OWNER),))
    assert _axes(told, _allow({"Service": COGNITO}, condition), channel=Channel.SERVICE) == axes
    assert _axes(
        told, _allow({"Service": "events.amazonaws.com"}, condition), channel=Channel.SERVICE
    ) == {Axis.WHO}  # fmt: skip


@pytest.mark.parametrize(
    ("action", "axes"),
    [
        ("SES:sendemail", set()),
        (["ses:SendEmail", "ses:SendRawEmail"], set()),
        ("ses:Send*", {Axis.ACTIONS}),
        ("ses:SendBulkEmail", {Axis.ACTIONS}),
        (["ses:SendEmail", "ses:PutIdentityPolicy"], {Axis.ACTIONS}),
    ],
)
def test_actions(action, axes):
    assert _axes(grant(), _allow(PARTNER, action=action)) == axes


@pytest.mark.parametrize(
    ("condition", "axes"),
    [
        ({"StringLike": {"ses:FromAddress": "*@shop.example.com"}}, set()),
        ({"StringLike": {"SES:fromaddress": "n?ws@shop.example.com"}}, set()),
        ({"StringEquals": {"ses:FromAddress": "news@shop.example.com"}}, set()),
        ({"StringLikeIfExists": {"ses:FromAddress": "*@shop.example.com"}}, set()),
        ({"ForAllValues:StringLike": {"ses:FromAddress": "*@shop.example.com"}}, set()),
        ({"StringNotLike": {"ses:FromAddress": "*@*"}, "StringLike": {"ses:FromAddress": "a*"}}, {Axis.FROM}),
        ({"StringLike": {"ses:FromAddress": ["*@shop.example.com", "*@other.example.com"]}}, {Axis.FROM}),
        ({"StringLike": {"ses:FromAddress": "*shop.example.com"}}, {Axis.FROM}),
        ({"StringLike": {"ses:FromAddress": "*@shop.example.co?"}}, {Axis.FROM}),
        ({"StringEqualsIgnoreCase": {"ses:FromAddress": "news@shop.example.com"}}, {Axis.FROM}),
        ({"StringNotLike": {"ses:FromAddress": "admin@*"}}, {Axis.FROM}),
        ({"StringLike": {"ses:FromDisplayName": "*@shop.example.com"}}, {Axis.FROM}),
        ({"Null": {"ses:FromAddress": "false"}}, {Axis.FROM}),
        ({}, {Axis.FROM}),
    ],
)
def test_senders(condition, axes):
    assert _axes(grant(**FROM), _allow(PARTNER, condition)) == axes


def test_two_conditions_hold_together():
    both = {"StringLike": {"ses:FromAddress": "news*"}, "StringLikeIfExists": {"ses:FromAddress": "*@shop.example.com"}}
    assert _axes(grant(from_addresses=("n*@shop.example.com",)), _allow(PARTNER, both)) == set()
    assert _axes(grant(from_addresses=("m*@shop.example.com",)), _allow(PARTNER, both)) == {Axis.FROM}


def test_what_a_variable_stands_for_is_not_known():
    chosen = {"StringLike": {"ses:FromAddress": "${aws:username}@shop.example.com"}}
    assert Axis.FROM in _axes(grant(**FROM), _allow(PARTNER, chosen))


@pytest.mark.parametrize(
    ("values", "addresses", "is_within"),
    [
        (["ü*@x.example"], ["n*@x.example"], False),
        (["ü*@x.example"], ["*@x.example"], True),
        (["a*", "b*"], ["a*", "b?", "b*"], True),
        (["a*b*c"], ["a*c"], True),
        (["a*c"], ["a*b*c"], False),
        (["*"], ["*@*"], False),
        (["a?"], ["a?"], False),
        (["a${?}"], ["a?"], True),
        (["a${*}"], [r"a\*"], True),
        (["a*"], [r"a\*"], False),
    ],
)
def test_containment_of_texts(values, addresses, is_within):
    condition = condition_of("StringLike", "ses:FromAddress", values, (), is_2012=True)
    assert (is_text_within([condition], addresses) == "") is is_within


def test_bulk_escapes_a_limit_that_passes_without_a_sender():
    told = grant(actions=SENDS, **FROM)
    firm = {"StringLike": {"ses:FromAddress": "*@shop.example.com"}}
    loose = {"StringLikeIfExists": {"ses:FromAddress": "*@shop.example.com"}}
    assert _axes(told, _allow(PARTNER, firm, list(SENDS))) == set()
    assert _axes(told, _allow(PARTNER, loose, list(SENDS))) == {Axis.FROM}


@pytest.mark.parametrize(
    ("condition", "axes"),
    [
        ({"ForAllValues:StringLike": {"ses:Recipients": "*@example.net"}}, set()),
        ({"ForAnyValue:StringLike": {"ses:Recipients": "*@example.net"}}, {Axis.RECIPIENTS}),
        ({"ForAllValues:StringNotLike": {"ses:Recipients": "*@example.org"}}, {Axis.RECIPIENTS}),
        ({}, {Axis.RECIPIENTS}),
    ],
)
def test_recipients(condition, axes):
    assert _axes(grant(recipients=("*@example.net",)), _allow(PARTNER, condition)) == axes


@pytest.mark.parametrize(
    ("condition", "axes"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.64/26"}}, set()),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/25", "203.0.113.128/25"]}}, set()),
        ({"IpAddress": {"aws:SourceIp": "203.0.112.0/23"}}, {Axis.NETWORK}),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}, {Axis.NETWORK}),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {Axis.NETWORK}),
        ({}, {Axis.NETWORK}),
    ],
)
def test_networks(condition, axes):
    assert _axes(grant(networks=("203.0.113.0/24",)), _allow(PARTNER, condition)) == axes


def test_a_call_through_an_endpoint_has_no_source_address():
    told, loose = grant(networks=("203.0.113.0/24",)), {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}
    assert _axes(told, _allow(PARTNER, loose)) == set()
    assert _axes(told, _allow(PARTNER, loose), channel=Channel.VPC_ENDPOINT) == {Axis.NETWORK}


def _deny(condition: Policy, principal: object = "*", action: str = "ses:*") -> Policy:
    return {
        "Effect": "Deny", "Principal": principal, "Action": action, "Resource": IDENTITY, "Condition": condition,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("deny", "axes"),
    [
        (_deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), set()),
        (_deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"AWS": STRANGER}), {Axis.NETWORK}),
        (_deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, action="ses:SendRawEmail"), {Axis.NETWORK}),
        (_deny({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), {Axis.NETWORK}),
    ],
)
def test_a_deny_for_everyone_narrows_as_well(deny, axes):
    assert _axes(grant(networks=("203.0.113.0/24",)), _allow(PARTNER), deny) == axes


@pytest.mark.parametrize(
    ("ends", "axes"),
    [
        ("2027-04-01T00:00:00Z", set()),
        ("2027-03-31", set()),
        ("2027-04-01T00:00:01Z", {Axis.END}),
        ("2027-04-01T00:00:00+02:00", set()),
        ("2027-04-01T00:00:00-02:00", {Axis.END}),
    ],
)
def test_the_end(ends, axes):
    statement = _allow(PARTNER, {"DateLessThan": {"aws:CurrentTime": ends}})
    assert _axes(grant(), statement) == axes


def test_a_policy_without_end_outlives_any_grant():
    endless = {**_allow(PARTNER), "Condition": {}}
    assert _axes(grant(), endless) == {Axis.END}
    verdict = covers(grant(), _delegations(endless)[0])
    assert isinstance(verdict, Wider)
    assert verdict.is_only_in_time
    wider = covers(grant(principals=(ROLE,)), _delegations(endless)[0])
    assert isinstance(wider, Wider)
    assert not wider.is_only_in_time


def test_what_was_before_the_analysis_no_longer_matters():
    delegation = _delegations(_allow(PARTNER))[0]
    begun = grant(starts_on=date(2026, 9, 1))
    assert isinstance(covers(begun, delegation), Wider)
    assert covers(begun, delegation, at=NOW) == Match()
    assert isinstance(covers(grant(starts_on=date(2026, 10, 2)), delegation, at=NOW), Wider)


def test_whom_nobody_admits_any_terms_cover():
    nobody = Delegation("p", None, 0, Channel.DIRECT, Reach.INERT, None)
    assert covers(grant(), nobody) == Match()


def test_the_reasons_are_sentences():
    told = grant(from_addresses=("news@shop.example.com",), networks=("203.0.113.0/24",))
    endless = {**_allow("*", action=["ses:SendEmail", "ses:GetEmailIdentity"]), "Condition": {}}
    verdict = covers(told, next(d for d in _delegations(endless) if d.channel is Channel.DIRECT))
    assert isinstance(verdict, Wider)
    assert [reason.text for reason in verdict.reasons] == [
        "anyone with an AWS account is let in; the grant is for 7719-3028-4456",
        "ses:GetEmailIdentity may be called; the grant is for ses:SendEmail, ses:SendRawEmail",
        "mail may be sent from any address; the grant is for news@shop.example.com",
        "calls may come from any network; the grant is for 203.0.113.0/24",
        "it never ends by itself; the last day of the grant is 31 Mar 2027",
    ]


_CHANGES = st.sampled_from(
    ["none", "none", "none", "IfExists", "ForAllValues", "not", "drop", "anyone", "bulk", "deny", "case", "org"]
)


def _changed(draw, policy: Policy) -> Policy:
    """A policy that is close to the one for the terms, often a bit wider."""
    kind = draw(_CHANGES)
    statement = policy["Statement"][draw(st.integers(0, len(policy["Statement"]) - 1))]
    condition = statement["Condition"]
    operator = draw(st.sampled_from(sorted(condition)))
    values = condition[operator]
    if kind == "IfExists" and operator != "Null":
        condition[f"{operator}IfExists"] = condition.pop(operator)
    elif kind == "ForAllValues" and operator.startswith("String"):
        condition[f"ForAllValues:{operator}"] = condition.pop(operator)
    elif kind == "not" and operator.startswith("String"):
        condition[operator.replace("String", "StringNot")] = values
    elif kind == "drop":
        del condition[operator]
    elif kind == "anyone":
        statement["Principal"] = "*"
    elif kind == "bulk":
        statement["Action"] = "ses:Send*"
    elif kind == "case" and operator == "StringEquals":
        condition["StringEqualsIgnoreCase"] = condition.pop(operator)
    elif kind == "org":
        condition["StringEqualsIfExists"] = {"aws:PrincipalOrgID": ORGANIZATION}
    elif kind == "deny":
        policy["Statement"].append(_deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    return policy


@st.composite
def _near(draw) -> tuple[GrantTerms, Policy]:
    told = draw(terms())
    member = draw(st.sampled_from(["principals", "from_addresses", "recipients", "networks", "ends_on", "actions", ""]))
    other = draw(terms())
    changed = {member: getattr(other, member)} if member else {}
    try:
        granted = GrantTerms(**{**{name: getattr(told, name) for name in told.__dataclass_fields__}, **changed})
        return granted, _changed(draw, minimal_policy(told))
    except TermsError:
        return told, minimal_policy(grant())


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(_near(), st.integers(0, 10**6))
def test_what_a_covered_delegation_admits_lies_inside_the_terms(near, seed):
    told, policy = near
    text = json.dumps(policy)
    found = analyse(owner_account=OWNER, identity_arn=IDENTITY, policies={"p": text}, registry=Registry(), at=NOW)
    covered = [each for each in found.delegations if covers(told, each) == Match()]
    for request in requests_around(told, random.Random(seed), 40) if covered else ():
        if any(each.admits(request) for each in covered) and evaluate({IDENTITY: {"p": text}}, request).allowed:
            assert is_inside(told, request), request
    if len(covered) == len(found.delegations):
        for request in requests_around(told, random.Random(seed + 1), 40):
            assert is_inside(told, request) or not evaluate({IDENTITY: {"p": text}}, request).allowed, request


def test_a_partner_is_judged_by_the_terms_and_not_by_trust():
    text = json.dumps({"Version": "2012-10-17", "Statement": [_allow(PARTNER)]})
    registry = Registry(accounts={PARTNER: Trust.FORMER})
    found = analyse(owner_account=OWNER, identity_arn=IDENTITY, policies={"p": text}, registry=registry, at=NOW)
    assert all(covers(grant(), each) == Match() for each in found.delegations)

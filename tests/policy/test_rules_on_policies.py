"""From the text of a policy to the rules that fire: analyser and rules together, on the traps that people fall into."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.policy.analysis import analyse
from inventory.policy.rules import IdentitySubject, WayAround, judge
from inventory.policy.trust import Registry, Trust
from tests.policy.rule_builders import fired

AT = datetime(2026, 11, 22, tzinfo=UTC)
OWNER, PARTNER, STRANGER = "111111111111", "222222222222", "418273950164"
REGISTRY = Registry(
    accounts={PARTNER: Trust.PARTNER}, organizations={"o-ours": Trust.ORGANIZATION}, owner_organization="o-ours"
)
MAILER = {"AWS": f"arn:aws:iam::{PARTNER}:role/mailer"}
FROM_NEWS = {"StringLike": {"ses:FromAddress": "news@mail.example.com"}}


def arn(name="mail.example.com", region="eu-west-1"):
    return f"arn:aws:ses:{region}:{OWNER}:identity/{name}"


def allow(principal: Any = "*", condition: Any = None, action: Any = "ses:SendEmail", **rest: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": arn()} | rest
    return statement if condition is None else statement | {"Condition": condition}


def deny(condition=None, action="ses:*", **rest):
    return allow(rest.pop("Principal", "*"), condition, action, **rest) | {"Effect": "Deny"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def subject(*statements, policies=None, name="mail.example.com", **fields):
    texts = policies or {"partner": document(*statements)}
    analysis = analyse(owner_account=OWNER, identity_arn=arn(name), policies=texts, registry=REGISTRY, at=AT)
    kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
    return IdentitySubject(
        name=name,
        arn=arn(name),
        identity_type=kind,
        owner_account=OWNER,
        analysis=analysis,
        at=AT,
        policies=texts,
        registry=REGISTRY,
        **fields,
    )


def rules(*statements, **fields):
    return fired(subject(*statements, **fields))


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"ses:RequireTLS": "true"}},
        {"NumericLessThan": {"ses:MessageSize": "10485760"}},
        {"StringEquals": {"aws:SourceAccount": OWNER}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cognito-idp:eu-west-1:{OWNER}:userpool/*"}},
    ],
)
def test_conditions_that_no_direct_call_meets(condition):
    assert rules(allow(MAILER, condition | FROM_NEWS)) == {"inert-condition"}
    assert "inert-condition" in rules(allow("*", condition))


def test_a_service_does_carry_its_source():
    pinned = {"StringEquals": {"aws:SourceAccount": OWNER}}
    assert rules(allow({"Service": "cognito-idp.amazonaws.com"}, pinned)) == set()


def test_the_advice_to_pin_a_partner_by_source_account_is_named_as_the_trap_it_is():
    found = [
        each
        for each in judge(subject(allow("*", {"StringEquals": {"aws:SourceAccount": PARTNER}})))
        if each.rule_id == "inert-condition"
    ]
    assert [each.path for each in found] == [("Statement", 0, "Condition", "StringEquals", "aws:SourceAccount")]
    assert "cannot send" in found[0].text


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-ours"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": OWNER}},
        {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-ours/*"}},
        {"StringEquals": {"aws:ResourceAccount": OWNER}},
        {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:ResourceOrgID": "o-ours"}},
        {"BoolIfExists": {"ses:RequireTLS": "true"}},
        {"Null": {"ses:RequireTLS": "true"}},
    ],
)
def test_conditions_that_keep_nobody_out(condition):
    found = {each.rule_id: each.severity for each in judge(subject(allow("*", condition)))}
    assert found["public-send"] == "critical"
    assert found["vacuous-condition"] == "high"


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"aws:ResourceAccount": OWNER}},
        {"StringEquals": {"aws:PrincipalAccount": PARTNER}},
        {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
    ],
)
def test_conditions_beside_a_named_principal_that_are_no_trap(condition):
    assert rules(allow(MAILER, condition | FROM_NEWS)) == set()


def test_a_set_operator_guarded_by_null_is_no_trap():
    condition = {
        "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-ours/*"},
        "Null": {"aws:PrincipalOrgPaths": "false"},
    }
    assert "vacuous-condition" not in rules(allow("*", condition))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotLike": {"ses:FromAddress": "*admin*"}},
        {"StringLikeIfExists": {"ses:FromAddress": "news@mail.example.com"}},
        {"ForAllValues:StringLike": {"ses:Recipients": "*@example.org"}},
    ],
)
def test_bulk_calls_escape_a_limit_that_passes_without_the_key(condition):
    assert "bulk-escapes-from" in rules(allow(MAILER, condition, ["ses:SendEmail", "ses:SendBulkEmail"]))
    assert "bulk-escapes-from" in rules(allow(MAILER, condition, "ses:*"))
    assert "bulk-escapes-from" not in rules(allow(MAILER, condition, ["ses:SendEmail", "ses:SendRawEmail"]))


def test_a_positive_limit_refuses_bulk_calls():
    assert "bulk-escapes-from" not in rules(allow(MAILER, FROM_NEWS, ["ses:SendEmail", "ses:SendBulkEmail"]))


def test_a_limit_set_by_a_deny_is_passed_by_bulk_calls():
    limit = deny({"StringLike": {"ses:FromAddress": "*admin*"}})
    assert "bulk-escapes-from" in rules(allow(MAILER, action="ses:Send*"), limit)
    assert "bulk-escapes-from" not in rules(allow(MAILER), limit)


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"ses:RequireTLS": "false"}},
        {"NumericGreaterThan": {"ses:MessageSize": "10485760"}},
    ],
)
def test_a_deny_that_never_fires(condition):
    found = {each.rule_id: each.severity for each in judge(subject(allow("*"), deny(condition)))}
    assert found["dead-deny"] == "high"
    known = {each.rule_id: each.severity for each in judge(subject(allow(MAILER, FROM_NEWS), deny(condition)))}
    assert known["dead-deny"] == "medium"


def test_a_deny_of_other_organizations_that_callers_without_one_skip():
    condition = {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-ours/*"}}
    assert rules(allow("*"), deny(condition)) == {"public-send", "dead-deny"}
    assert "dead-deny" not in rules(allow(MAILER, FROM_NEWS), deny(condition))


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}},
        {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        None,
    ],
)
def test_a_deny_that_fires_or_asks_for_encryption(condition):
    assert "dead-deny" not in rules(allow(MAILER, FROM_NEWS), deny(condition))


def test_our_own_wildcard_with_our_account_is_nobody_outside():
    assert rules(allow("*", {"StringEquals": {"aws:PrincipalAccount": OWNER}}, "ses:*")) == set()


def test_text_that_is_no_policy_stands_beside_one_that_is():
    texts = {"broken": '{"Version": "2012-10-17"', "partner": document(allow(MAILER, FROM_NEWS))}
    assert rules(policies=texts) == {"invalid-policy"}


@pytest.mark.parametrize(
    "statement",
    [
        allow({"Federated": "accounts.example.com"}),
        allow("*", {"StringSoundsLike": {"aws:PrincipalOrgID": "o-ours"}}),
        allow("*", {"StringEquals": {"ses:Colour": "blue"}}),
    ],
)
def test_what_nobody_can_judge_is_said_openly(statement):
    assert rules(statement) >= {"invalid-policy", "undetermined-send"}


def test_allow_with_not_principal_is_public_and_a_shape_of_the_past():
    statement = allow() | {"NotPrincipal": MAILER}
    del statement["Principal"]
    assert rules(statement) == {"public-send", "invalid-policy"}


def test_the_attack_tools_pair():
    pair = allow({"AWS": [f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{STRANGER}:user/evil"]}, action="ses:*")
    assert rules(pair) >= {"endgame-marker", "policy-admin-delegated", "unknown-account-send"}
    partners = allow({"AWS": [f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{PARTNER}:user/ops"]}, action="ses:*")
    assert "endgame-marker" not in rules(partners)
    assert "policy-admin-delegated" in rules(partners)


GUARD = document(deny({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}))
TLS = document(deny({"Bool": {"aws:SecureTransport": "false"}}))


def around(text):
    address = "news@mail.example.com"
    return (WayAround(arn(address), {"partner": text.replace(arn(), arn(address))}),)


def test_an_address_escapes_its_domains_deny():
    found = judge(subject(policies={"guard": GUARD}, ways_around=around(document(allow(MAILER)))))
    assert [(each.rule_id, each.policy, each.statement, each.subject) for each in found] == [
        ("dead-deny", "guard", 0, arn("news@mail.example.com"))
    ]


@pytest.mark.parametrize(
    ("guard", "address"),
    [
        (TLS, document(allow(MAILER))),
        (GUARD, document(allow(MAILER, {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}))),
        (GUARD, document(allow({"AWS": OWNER}))),
        (GUARD, "no policy"),
    ],
)
def test_no_escape(guard, address):
    assert "dead-deny" not in rules(policies={"guard": guard}, ways_around=around(address))

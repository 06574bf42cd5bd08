# ruff: noqa: E501 - one case a line
"""Limits, time, actions, notes and admission of delegations."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inventory.policy.delegations import Delegation
from inventory.policy.reach import Reach
from inventory.policy.requests import CallerKind
from tests.policy.analysis_builders import (
    COLLEAGUE,
    IDENTITY,
    OWNER,
    PARTNER,
    analysed,
    codes,
    deny,
    document,
    statement,
    when,
)


def only(*statements, **changes) -> Delegation:
    """The delegation over direct calls."""
    return next(d for d in analysed(*statements, **changes).delegations if d.channel == "direct")


def effective(*statements, **changes) -> dict[str, bool]:
    return {limit.kind: limit.is_effective for limit in only(*statements, **changes).limits}


SEND_BULK = ["ses:SendEmail", "ses:SendBulkEmail"]
LIMITS = [
    ("one address", when(StringEquals={"ses:FromAddress": "news@example.com"}), {"from_address": True}),
    ("the whole domain", when(StringLike={"ses:FromAddress": "*@example.com"}), {"from_address": False}),
    ("everything", when(StringLike={"ses:FromAddress": "*"}), {"from_address": False}),
    ("one or the whole domain", when(StringLike={"ses:FromAddress": ["a@example.com", "*@example.com"]}), {"from_address": False}),
    ("all but some", when(StringNotLike={"ses:FromAddress": "ceo@*"}), {"from_address": True}),
    ("all but others' addresses", when(StringNotLike={"ses:FromAddress": "*@other.org"}), {"from_address": False}),
    ("if exists", when(StringEqualsIfExists={"ses:FromAddress": "a@example.com"}), {"from_address": True}),
    ("ignoring case", when(StringEqualsIgnoreCase={"ses:FromAddress": "A@EXAMPLE.COM"}), {"from_address": True}),
    ("by the caller's own name", when(StringLike={"ses:FromAddress": "${aws:username}@example.com"}), {"from_address": False}),
    ("the key is there", when(Null={"ses:FromAddress": "false"}), {"from_address": False}),
    ("display name", when(StringLike={"ses:FromDisplayName": "Shop*"}), {"from_display_name": True}),
    ("feedback", when(StringEquals={"ses:FeedbackAddress": "b@example.com"}), {"feedback_address": True}),
    ("recipients", when(ForAllValues__StringLike={"ses:Recipients": "*@example.org"}), {"recipients": True}),
    ("one recipient at least", when(ForAnyValue__StringLike={"ses:Recipients": "*@example.org"}), {"recipients": False}),
    ("any recipients", when(ForAllValues__StringLike={"ses:Recipients": "*"}), {"recipients": False}),
    ("network", when(IpAddress={"aws:SourceIp": "198.51.100.0/24"}), {"network": True}),
    ("open network", when(IpAddress={"aws:SourceIp": "0.0.0.0/0"}), {"network": False}),
    ("encryption", when(Bool={"aws:SecureTransport": "true"}), {"transport": True}),
    ("end", when(DateLessThan={"aws:CurrentTime": "2027-01-01"}), {"time": True}),
    ("a start that is past", when(DateGreaterThan={"aws:CurrentTime": "2020-01-01"}), {"time": False}),
    ("user agent", when(StringEquals={"aws:UserAgent": "x"}), {"other": False}),
    ("who is no limit", when(StringEquals={"aws:PrincipalAccount": PARTNER}), {}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_a_limit_counts_only_where_it_excludes_something(case, expected):
    assert effective(case) == expected


def test_a_limit_on_an_address_identity_excludes_nothing_where_it_names_it():
    identity = IDENTITY.replace("example.com", "news@example.com")
    same = when(StringEquals={"ses:FromAddress": "news@example.com"}) | {"Resource": identity}
    assert effective(same, identity_arn=identity) == {"from_address": False}


BULK = [
    ("negated", {"StringNotLike": {"ses:FromAddress": "ceo@*"}}, False),
    ("if exists", {"StringLikeIfExists": {"ses:FromAddress": "a@*"}}, False),
    ("for all values", {"ForAllValues:StringLike": {"ses:Recipients": "*@example.org"}}, False),
]


@pytest.mark.parametrize(("condition", "expected"), [case[1:] for case in BULK], ids=[case[0] for case in BULK])
def test_bulk_messages_escape_a_limit_that_passes_without_the_key(condition, expected):
    escaped = statement(Action=SEND_BULK, Condition=condition)
    assert set(effective(escaped).values()) == {expected}
    assert "bulk-escapes-limit" in codes(analysed(escaped))
    assert "bulk-escapes-limit" not in codes(analysed(statement(Condition=condition)))


def test_a_positive_limit_takes_bulk_messages_away():
    found = only(statement(Action=SEND_BULK, Condition={"StringLike": {"ses:FromAddress": "a@*"}}))
    assert found.actions == ("ses:SendEmail",)
    assert found.limits[0].is_effective


def test_a_deny_for_everyone_is_a_limit_shown_as_what_must_hold():
    (limit,) = only(statement(), deny({"StringNotLike": {"ses:FromAddress": "news@*"}})).limits
    assert (limit.operator, limit.values, limit.is_effective, limit.is_from_deny) == (
        "StringLike",
        ("news@*",),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("denial", "is_effective"),
    [
        (deny({"StringLike": {"ses:FromAddress": "ceo@*"}}), False),
        (deny({"StringNotLike": {"ses:FromAddress": "news@*"}}), True),
        (deny({"StringNotLike": {"ses:FromAddress": "news@*"}}, Action="ses:SendEmail"), False),
    ],
    ids=["does not fire in bulk", "fires in bulk", "leaves bulk out"],
)
def test_a_limit_by_deny_must_hold_for_every_send_action(denial, is_effective):
    allowed = statement(Action=SEND_BULK)
    assert [limit.is_effective for limit in only(allowed, denial).limits] == [is_effective]


def test_a_deny_for_one_account_is_no_limit_on_the_others():
    assert (
        only(statement(), deny({"StringNotLike": {"ses:FromAddress": "a@*"}}, Principal={"AWS": PARTNER})).limits == ()
    )


# Time.


def instant(year, month, day, hour=0, minute=0, second=0):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


WINDOWS = [
    ("until", [when(DateLessThan={"aws:CurrentTime": "2027-01-01T00:00:00Z"})], (None, instant(2027, 1, 1))),
    ("until and with", [when(DateLessThanEquals={"aws:CurrentTime": "2027-01-01T00:00:00Z"})], (None, instant(2027, 1, 1, 0, 0, 1))),
    ("from", [when(DateGreaterThanEquals={"aws:CurrentTime": "2027-01-01T00:00:00Z"})], (instant(2027, 1, 1), None)),
    ("denied from", [statement(), deny({"DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01"}})], (None, instant(2027, 1, 1))),
    ("denied until", [statement(), deny({"DateLessThan": {"aws:CurrentTime": "2027-01-01"}})], (instant(2027, 1, 1), None)),
    ("by epoch", [when(NumericLessThan={"aws:EpochTime": "1798761600"})], (None, instant(2027, 1, 1))),
    ("past start", [when(DateGreaterThan={"aws:CurrentTime": "2020-01-01"})], (None, None)),
    ("any of two", [when(DateLessThan={"aws:CurrentTime": ["2027-01-01", "2028-01-01"]})], (None, instant(2028, 1, 1))),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "window"), [case[1:] for case in WINDOWS], ids=[case[0] for case in WINDOWS])
def test_access_is_bounded_where_the_policy_bounds_it(statements, window):
    found = only(*statements)
    assert (found.starts_at, found.ends_at) == window


def test_who_is_let_in_may_change_with_time():
    later = deny(
        {"DateLessThan": {"aws:CurrentTime": "2027-01-01"}, "StringNotEquals": {"aws:PrincipalAccount": PARTNER}}
    )
    found = {
        (d.reach, d.starts_at, d.ends_at) for d in analysed(statement(), later).delegations if d.channel == "direct"
    }
    assert found == {("public", instant(2027, 1, 1), None), ("account", None, instant(2027, 1, 1))}


# Actions.


def test_a_deny_of_one_action_leaves_the_others():
    found = only(statement(Action="ses:Send*"), deny(Action="ses:SendEmail"))
    assert "ses:SendEmail" not in found.actions
    assert "ses:SendRawEmail" in found.actions


def test_actions_may_differ_in_reach():
    organization = deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}}, Action="ses:SendEmail")
    found = {
        d.reach: d.actions
        for d in analysed(statement(Action=SEND_BULK), organization).delegations
        if d.channel == "direct"
    }
    assert found == {"public": ("ses:SendBulkEmail",), "organization": ("ses:SendEmail",)}


@pytest.mark.parametrize(
    ("action", "classes"),
    [
        ("ses:SendRawEmail", {"send"}),
        ("ses:Put*Polic*", {"policy-admin"}),
        ("ses:*IdentityPolicy", {"policy-admin"}),
        ("ses:SendBounce", {"send-limited"}),
        ("ses:GetEmailIdentity", {"read"}),
        ("ses:NoSuchThing", {"other"}),
    ],
)
def test_actions_have_classes(action, classes):
    assert set(only(statement(Action=action)).action_classes) == classes


# Notes.

NOTES = [
    ("nonexistent key", [when(Bool={"ses:RequireTLS": "true"})], "key-does-not-exist"),
    ("service key", [when(StringEquals={"aws:SourceAccount": PARTNER})], "key-never-sent-directly"),
    ("vacuous if exists", [when(StringEqualsIfExists={"aws:PrincipalOrgID": "o-ours"})], "vacuous-condition"),
    ("vacuous resource key", [when(StringEquals={"aws:ResourceAccount": OWNER})], "vacuous-condition"),
    ("caller's choice", [when(StringEquals={"aws:PrincipalTag/a": "b"})], "caller-chosen-key"),
    ("dead deny", [statement(), deny({"Bool": {"ses:RequireTLS": "false"}})], "dead-deny"),
    ("dead deny on a service key", [statement(), deny({"StringEquals": {"aws:SourceAccount": PARTNER}}, Principal={"AWS": "*"})], "dead-deny"),
    ("dead deny elsewhere", [statement(), deny(Resource=IDENTITY.replace("example.com", "x.com"))], "dead-deny"),
    ("deny that misses", [statement(), deny({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-ours/*"}})], "deny-skips-missing-key"),
    ("bulk passes a deny", [statement(Action="ses:Send*"), deny({"StringLike": {"ses:FromAddress": "ceo@*"}})], "bulk-escapes-limit"),
    ("unknown key", [when(StringEquals={"aws:Nonsense": "x"})], "undetermined"),
    ("unknown key in a deny", [statement(), deny({"StringEquals": {"aws:Nonsense": "x"}})], "undetermined"),
    ("NotPrincipal", [statement(NotPrincipal={"AWS": PARTNER})], "unsupported-shape"),
    ("partial wildcard", [statement(Principal={"AWS": f"arn:aws:iam::{PARTNER}:role/*"})], "unsupported-shape"),
    ("NotAction", [statement(NotAction="s3:*")], "not-action"),
    ("unknown action", [statement(Action=["ses:SendEmail", "ses:SendMail"])], "unknown-action"),
    ("other resource", [statement(Resource=IDENTITY + ".org")], "other-resource"),
    ("placeholder", [statement(Principal={"AWS": "123456789012"})], "placeholder-account"),
    ("deleted", [statement(Principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"})], "deleted-principal"),
    ("wildcard in equals", [when(StringEquals={"aws:PrincipalOrgID": "o-*"})], "wildcard-in-equals"),
    ("session ARN", [when(ArnLike={"aws:PrincipalArn": f"arn:aws:sts::{PARTNER}:assumed-role/R/*"})], "session-in-principal-arn"),
    ("set operator", [when(ForAnyValue__StringEquals={"aws:PrincipalOrgID": "o-ours"})], "set-operator-on-single-value"),
    ("private range", [when(IpAddress={"aws:SourceIp": "10.0.0.0/16"})], "private-address"),
    ("wide range", [when(IpAddress={"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]})], "wide-network"),
    ("expired", [when(DateLessThan={"aws:CurrentTime": "2020-01-01"})], "expired"),
    ("partition", [statement(Principal={"AWS": f"arn:aws-cn:iam::{PARTNER}:root"})], "other-partition"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "code"), [case[1:] for case in NOTES], ids=[case[0] for case in NOTES])
def test_a_trap_is_noted(statements, code):
    assert code in codes(analysed(*statements))


@pytest.mark.parametrize(
    "statements",
    [
        [statement(Principal={"AWS": PARTNER})],
        [when(Bool={"aws:SecureTransport": "true"})],
        [when(StringEquals={"aws:PrincipalOrgID": "o-ours"})],
        [when(StringLike={"ses:FromAddress": "a@example.com"}) | {"Action": SEND_BULK}],
        [when(StringEquals={"aws:ResourceAccount": OWNER}) | {"Principal": {"AWS": PARTNER}}],
        [when(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-ours/*"}, Null={"aws:PrincipalOrgPaths": "false"})],
        [statement(), deny({"Bool": {"aws:SecureTransport": "false"}})],
        [statement(), deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}})],
        [statement(Principal={"Service": "cognito-idp.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceAccount": OWNER}})],
    ],
)  # fmt: skip
def test_what_is_no_trap_is_not_noted(statements):
    assert codes(analysed(*statements)) == set()


def test_notes_point_at_the_element():
    (note,) = [n for n in analysed(when(Bool={"ses:RequireTLS": "true"})).notes if n.code == "key-does-not-exist"]
    assert note.path == ("Statement", 0, "Condition", "Bool", "ses:RequireTLS")


def test_too_much_is_noted_and_still_analysed():
    many = {f"p{n}": document(statement(Principal={"AWS": PARTNER})) for n in range(21)}
    long = {"p": document(statement(Principal={"AWS": PARTNER}, Sid="x" * 4096))}
    assert "too-many-policies" in codes(analysed(policies=many))
    assert "too-large" in codes(analysed(policies=long))
    assert analysed(policies=many).widest == analysed(policies=long).widest == "account"


def test_invisible_characters_are_noted():
    text = document(statement(Principal={"AWS": PARTNER + "\u200b"})).replace("\\u200b", "\u200b")
    assert "invisible-character" in codes(analysed(policies={"p": text}))
    assert analysed(policies={"p": text}).widest == "undetermined"


# Reasons.


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([when(Bool={"ses:RequireTLS": "true"})], "does not exist"),
        ([when(StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/*"})], "literally"),
        ([when(DateLessThan={"aws:CurrentTime": "2020-01-01"})], "expired on 2020-01-01"),
        ([statement(Resource=IDENTITY + "x")], "Resource"),
        ([statement(Action="s3:*")], "no SES action"),
        ([statement(), deny(Sid="Stop")], "Statement 2 (Stop)"),
        ([statement(Principal={"AWS": f"arn:aws-cn:iam::{PARTNER}:root"})], "partition"),
        ([when(StringEquals={"aws:PrincipalOrgID": "o-ours", "aws:SourceAccount": OWNER})], "never both hold"),
        ([when(StringEquals={"aws:username": "ann\u00e9"})], "no characters beyond ASCII"),
    ],
)
def test_an_inert_statement_says_why(statements, words):
    assert words in only(*statements).reason


def test_an_undetermined_statement_says_why():
    tangled = when(
        StringEquals={"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalTag/a}:role/x"},
        StringNotEquals={"aws:PrincipalAccount": "${aws:PrincipalTag/a}"},
    )
    found = [each for each in analysed(tangled).delegations if each.reach is Reach.UNDETERMINED]
    assert found
    assert all("aws:PrincipalArn can fit" in each.reason for each in found)


# Admission.


def test_a_delegation_admits_its_callers_and_no_others():
    found = only(statement(Principal={"AWS": PARTNER}))
    assert found.witness is not None
    assert found.admits(found.witness)
    other = replace(found.witness, caller=replace(found.witness.caller, account=COLLEAGUE))
    assert not found.admits(other)
    assert not found.admits(replace(found.witness, action="ses:SendBulkEmail"))


def test_a_delegation_admits_only_within_its_limits():
    found = only(when(StringEquals={"ses:FromAddress": "news@example.com"}))
    assert found.witness is not None
    assert found.witness.context["ses:FromAddress"] == "news@example.com"
    outside = {**found.witness.context, "ses:FromAddress": "ceo@example.com"}
    assert not found.admits(replace(found.witness, context=outside))


def test_a_delegation_admits_only_while_it_lasts():
    found = only(when(DateLessThan={"aws:CurrentTime": "2027-01-01"}))
    assert found.witness is not None
    late = {**found.witness.context, "aws:CurrentTime": "2027-01-01T00:00:00Z"}
    assert not found.admits(replace(found.witness, context=late))


def test_the_witness_of_a_public_delegation_is_a_stranger():
    witness = only(statement()).witness
    assert witness is not None
    assert witness.caller.kind is CallerKind.ROLE_SESSION
    assert witness.caller.account not in (OWNER, COLLEAGUE, PARTNER)

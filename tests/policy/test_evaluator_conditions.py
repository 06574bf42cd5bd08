"""The concrete evaluator's conditions: operators, missing keys, sets of values, variables, what nobody documents."""

from dataclasses import replace

import pytest

from inventory.policy.channels import Channel
from tests.policy.evaluator_builders import STRANGER, decide, holds, statement


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "Ab", "ab", False),
        ("StringEquals", ["x", "ab"], "ab", True),
        ("StringNotEquals", ["x", "ab"], "ab", False),
        ("StringNotEquals", ["x", "y"], "ab", True),
        ("StringEqualsIgnoreCase", "Ab", "aB", True),
        ("StringNotEqualsIgnoreCase", "Ab", "aB", False),
        ("StringLike", "a?c*", "abcd", True),
        ("StringLike", "a?c", "ac", False),
        ("StringLike", "*a*b", "xxaybzb", True),
        ("StringLike", "${*}a", "*a", True),
        ("StringLike", "${*}a", "xa", False),
        ("StringNotLike", "a*", "abc", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, "10", True),
        ("NumericNotEquals", "10", "10", False),
        ("NumericLessThan", "10", "9.5", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericGreaterThan", "9", "10", True),
        ("NumericLessThan", "10", "many", False),
        ("DateEquals", "2026-11-22T12:00:00Z", "2026-11-22T13:00:00+01:00", True),
        ("DateNotEquals", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z", False),
        ("DateLessThan", "2026-11-23", "2026-11-22T23:59:59Z", True),
        ("DateLessThan", "2026-11-23", "2026-11-23T00:00:00Z", False),
        ("DateLessThanEquals", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", True),
        ("DateGreaterThan", "1763812800", "2026-11-23T00:00:00Z", True),
        ("DateGreaterThanEquals", "2026", "2025-12-31T23:59:59.9Z", False),
        ("Bool", "True", "true", True),
        ("Bool", False, "true", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        ("IpAddress", "198.51.100.0/24", "198.51.100.255", True),
        ("IpAddress", "198.51.100.7", "198.51.100.8", False),
        ("IpAddress", "198.51.100.9/24", "198.51.100.8", True),
        ("IpAddress", "2001:db8::/32", "2001:db8:1::1", True),
        ("IpAddress", "::/0", "198.51.100.8", False),
        ("NotIpAddress", "198.51.100.0/24", "198.51.100.1", False),
        ("NotIpAddress", "198.51.100.0/24", "2001:db8::1", True),
        ("ArnLike", "arn:aws:iam::*:role/x", "arn:aws:iam::9:role/x", True),
        ("ArnLike", "arn:aws:iam::*", "arn:aws:iam::9:role/x", True),
        ("ArnEquals", "arn:*:iam::9:role/*", "arn:aws:iam::9:role/a/b:c", True),
        ("ArnEquals", "arn:aws:*:role/x", "arn:aws:s3::9:role/x", True),
        ("ArnLike", "arn:aws:iam::9:role/X", "arn:aws:iam::9:role/x", False),
        ("ArnLike", "*", "not-an-arn", False),
        ("ArnNotLike", "arn:aws:iam::9:role/*", "arn:aws:iam::9:role/x", False),
        ("ArnNotEquals", "arn:aws:iam::9:role/*", "arn:aws:iam::8:role/x", True),
        ("Null", "true", "x", False),
        ("Null", "false", "x", True),
        ("Null", True, "x", False),
    ],
)
def test_operator_on_a_key_that_is_there(operator, wanted, actual, expected) -> None:
    assert holds(operator, "test:key", wanted, actual) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False), ("StringLike", False), ("NumericLessThan", False), ("DateGreaterThan", False),
        ("Bool", False), ("IpAddress", False), ("ArnLike", False),
        ("StringNotEquals", True), ("StringNotLike", True), ("StringNotEqualsIgnoreCase", True),
        ("NumericNotEquals", True), ("DateNotEquals", True), ("ArnNotEquals", True), ("ArnNotLike", True),
        ("NotIpAddress", True), ("StringEqualsIfExists", True), ("BoolIfExists", True), ("ArnNotLikeIfExists", True),
        ("ForAllValues:StringEquals", True), ("ForAllValues:StringNotLike", True),
        ("ForAnyValue:StringEquals", False), ("ForAnyValue:StringNotLike", False),
        ("ForAnyValue:StringEqualsIfExists", True), ("ForAllValues:StringLikeIfExists", True),
    ],
)  # fmt: skip
def test_operator_on_a_key_that_is_missing(operator, expected) -> None:
    keys = {"Numeric": "aws:MultiFactorAuthAge", "Date": "aws:TokenIssueTime", "Bool": "aws:MultiFactorAuthPresent"}
    keys |= {"IpAddress": "aws:SourceIp", "NotIpAddress": "aws:SourceIp"}
    base = operator.rpartition(":")[2]
    key = next((key for start, key in keys.items() if base.startswith(start)), "aws:UserAgent")
    wanted = {"aws:MultiFactorAuthPresent": "true", "aws:SourceIp": "198.51.100.1"}.get(key, "2026")
    assert holds(operator, key, wanted) is expected
    assert holds(operator, key, wanted, actual=()) is expected


@pytest.mark.parametrize(
    ("operator", "actual", "expected"),
    [
        ("ForAllValues:StringLike", ("a1", "a2"), True),
        ("ForAllValues:StringLike", ("a1", "b"), False),
        ("ForAnyValue:StringLike", ("a1", "b"), True),
        ("ForAnyValue:StringLike", ("c", "b"), False),
        ("ForAllValues:StringNotLike", ("b", "c"), True),
        ("ForAllValues:StringNotLike", ("b", "a1"), False),
        ("ForAnyValue:StringNotLike", ("b", "a1"), True),
        ("ForAnyValue:StringNotLike", ("a1", "a2"), False),
        ("ForAnyValue:StringLike", "a1", True),
    ],
)
def test_set_operator_over_several_values(operator, actual, expected) -> None:
    assert holds(operator, "test:key", "a*", actual) is expected


def test_what_nobody_documents_is_open() -> None:
    for operator, key, wanted, actual in (
        ("StringEquals", "test:key", "x", None),
        ("StringNotEquals", "test:key", "x", None),
        ("StringLike", "aws:CurrentTime", "2020*", "2026-11-22T12:00:00Z"),
        ("NumericLessThan", "aws:SourceIp", "7", "198.51.100.1"),
        ("DateLessThan", "aws:UserAgent", "2020-01-01", "curl"),
    ):
        request = replace(STRANGER, context={} if actual is None else {key: actual})
        condition = {operator: {key: wanted}}
        assert decide(statement(Condition=condition), request=request).allowed
        assert decide(statement(), statement("Deny", Condition=condition), request=request).allowed


def test_null_asks_for_presence() -> None:
    assert holds("Null", "aws:Referer", "true")
    assert not holds("Null", "aws:Referer", "false")
    assert holds("Null", "aws:Referer", ["true", "false"])
    assert holds("Null", "test:key", "false"), "a key nobody documents may be there"


def test_operators_and_keys_are_joined_by_and() -> None:
    condition = {"StringEquals": {"aws:UserAgent": "1", "aws:Referer": "2"}, "StringLike": {"ses:TenantName": "3*"}}
    right = {"aws:UserAgent": "1", "AWS:REFERER": "2", "ses:TenantName": "33"}
    for missing in right:
        request = replace(STRANGER, context={key: value for key, value in right.items() if key != missing})
        assert not decide(statement(Condition=condition), request=request).allowed
    assert decide(statement(Condition=condition), request=replace(STRANGER, context=right)).allowed


@pytest.mark.parametrize(
    ("operator", "wanted"),
    [
        ("StringMatches", "x"), ("NullIfExists", "true"), ("ForAllValues:Null", "true"), ("stringequals", "y"),
        ("IpAddress", "300.1.1.1"), ("NumericEquals", "ten"), ("NumericEquals", "1_0"),
        ("DateEquals", "soon"), ("Bool", "yes"), ("Null", "x"),
        ("BinaryEquals", "%"), ("StringEquals", []), ("StringLike", "${unclosed"), ("StringEquals", "${a b}"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_opens_an_allow_and_never_fires_a_deny(operator, wanted) -> None:
    condition = {operator: {"test:key": wanted}}
    request = replace(STRANGER, context={"test:key": "1.2"})
    assert decide(statement(Condition=condition), request=request).allowed
    assert decide(statement(), statement("Deny", Condition=condition), request=request).allowed


def test_several_values_without_a_set_operator_are_open() -> None:
    assert holds("StringEquals", "test:key", "a", ("a", "b"))
    assert not holds("StringEquals", "test:key", "a", ("c", "b"))
    deny = statement("Deny", Condition={"StringEquals": {"test:key": "a"}})
    assert decide(statement(), deny, request=replace(STRANGER, context={"test:key": ("a", "b")})).allowed
    assert not decide(statement(), deny, request=replace(STRANGER, context={"test:key": ("a", "a")})).allowed


def test_a_key_of_several_values_needs_a_set_operator() -> None:
    for operator in ("StringEquals", "StringNotEquals", "StringLikeIfExists"):
        condition = {operator: {"ses:Recipients": "ann@elsewhere.test"}}
        for context in ({}, {"ses:Recipients": ("ann@elsewhere.test",)}, {"ses:Recipients": ("bob@elsewhere.test",)}):
            request = replace(STRANGER, context=context)
            assert decide(statement(Condition=condition), request=request).allowed
            assert decide(statement(), statement("Deny", Condition=condition), request=request).allowed
    assert holds("Null", "ses:Recipients", "true")


def test_variables() -> None:
    assert holds("StringEquals", "test:key", "${test:other}", "x", test__other="x")
    assert not holds("StringEquals", "test:key", "${test:other}", "x", test__other="y")
    assert not holds("StringEquals", "test:key", "${aws:Referer}", "x")
    assert holds("StringNotEquals", "test:key", "${aws:Referer}", "x")
    assert holds("StringEquals", "test:key", "${test:other}", "x"), "a key nobody documents may be there"
    assert holds("StringEquals", "test:key", "${aws:Referer, 'x'}", "x")
    assert not holds("StringEquals", "test:key", "${test:other, 'x'}", "x", test__other="y")
    assert holds("ArnLike", "test:key", "${test:other}", "arn:a:b:c:d:e", test__other="arn:a:b:c:d:e")
    assert holds("Bool", "test:key", "${test:other}", "true", test__other="true")
    assert not holds("StringLike", "test:key", "${test:other}", "x", test__other="*")
    assert holds("StringEquals", "test:key", "${$}{x}", "${x}")


def test_an_older_version_knows_no_variables() -> None:
    assert holds("StringEquals", "test:key", "${test:other}", "${test:other}", version="2008-10-17")
    assert not holds("StringEquals", "test:key", "${test:other}", "x", version="2008-10-17", test__other="x")


def test_keys_that_such_a_request_cannot_carry_are_ignored() -> None:
    for key in ("ses:RequireTLS", "aws:SourceAccount", "aws:SourceVpc"):
        assert not holds("StringEquals", key, "x", "x")
    bulk = replace(STRANGER, action="ses:SendBulkEmail", context={"ses:FromAddress": "news@example.com"})
    allow = statement(Action="ses:*", Condition={"StringLike": {"ses:FromAddress": "*@example.com"}})
    assert not decide(allow, request=bulk).allowed
    assert decide(allow, request=replace(bulk, action="ses:SendRawEmail")).allowed
    assert decide(allow, request=bulk).ignored_keys == ("ses:FromAddress",)
    inside = replace(STRANGER, channel=Channel.VPC_ENDPOINT, context={"aws:SourceIp": "198.51.100.1"})
    assert not decide(statement(Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), request=inside).allowed

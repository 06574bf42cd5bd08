"""The concrete evaluator, rule by rule: operators, missing keys, variables, principals, actions, resources, levels."""

import json
from dataclasses import replace

import pytest

from inventory.policy.channels import Channel
from inventory.policy.evaluation.decisions import Decision, evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError
from inventory.policy.requests import Caller, CallerKind
from tests.policy.caller_table import IDENTITY, REQUESTS

STRANGER = REQUESTS["X1"]
ADDRESS = "arn:aws:ses:us-east-1:111111111111:identity/ann@example.com"


def statement(effect="Allow", **elements):
    base = {"Effect": effect, "Action": "ses:SendEmail", "Resource": IDENTITY}
    if "NotPrincipal" not in elements:
        base["Principal"] = "*"
    if "NotAction" in elements:
        del base["Action"]
    if "NotResource" in elements:
        del base["Resource"]
    return base | elements


def document(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def decide(*statements, request=STRANGER, version="2012-10-17") -> Decision:
    return evaluate({request.identity_arn: {"p": document(*statements, version=version)}}, request)


def holds(operator, key, wanted, actual=None, version="2012-10-17", **others) -> bool:
    context = {**others} if actual is None else {key: actual, **others}
    request = replace(STRANGER, context={name.replace("__", ":"): value for name, value in context.items()})
    return decide(statement(Condition={operator: {key: wanted}}), request=request, version=version).allowed


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


@pytest.mark.parametrize(
    ("action", "expected"),
    [("ses:SendEmail", True), ("SES:sendemail", True), ("ses:Send*", True), ("*", True), ("ses:Send?mail", True),
     ("ses:SendRawEmail", False), ("ses:Send", False), ("SendEmail", False), (["ses:Get*", "ses:*Email"], True)],
)  # fmt: skip
def test_action(action, expected) -> None:
    assert decide(statement(Action=action)).allowed is expected
    assert decide(statement(NotAction=action)).allowed is not expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [(IDENTITY, True), ("*", True), ("arn:aws:ses:*:111111111111:identity/*", True), (f"{IDENTITY}.org", False),
     ("arn:aws:ses:us-east-1:*", True), (["arn:aws:s3:::x", IDENTITY], True), (ADDRESS, False),
     ("arn:aws:ses:us-east-1:${aws:ResourceAccount}:identity/example.com", True)],
)  # fmt: skip
def test_resource(resource, expected) -> None:
    assert decide(statement(Resource=resource)).allowed is expected


def test_not_resource() -> None:
    assert not decide(statement(NotResource=IDENTITY)).allowed
    assert decide(statement(NotResource=ADDRESS)).allowed


USER = Caller(CallerKind.USER, "222222222222", "arn:aws:iam::222222222222:user/div/ann", None, "AIDA2ANN")
ROOT = Caller(CallerKind.ROOT_USER, "222222222222", "arn:aws:iam::222222222222:root", None, "222222222222")
FEDERATED = Caller(
    CallerKind.FEDERATED_SESSION, "222222222222", "arn:aws:sts::222222222222:federated-user/ann", None, "2:ann"
)
ROLE = REQUESTS["K"].caller
SERVICE = REQUESTS["S1"].caller


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", {USER, ROOT, FEDERATED, ROLE, SERVICE}),
        ({"AWS": "*"}, {USER, ROOT, FEDERATED, ROLE, SERVICE}),
        ({"AWS": "222222222222"}, {USER, ROOT, FEDERATED, ROLE}),
        ({"AWS": "arn:aws:iam::222222222222:root"}, {USER, ROOT, FEDERATED, ROLE}),
        ({"AWS": "arn:aws-cn:iam::222222222222:root"}, set()),
        ({"AWS": "arn:aws:iam::222222222222:user/div/ann"}, {USER}),
        ({"AWS": "arn:aws:iam::222222222222:user/div/Ann"}, set()),
        ({"AWS": "arn:aws:iam::222222222222:role/Admin"}, {ROLE}),
        ({"AWS": "arn:aws:sts::222222222222:assumed-role/Admin/sess"}, {ROLE}),
        ({"AWS": "arn:aws:sts::222222222222:assumed-role/Admin/other"}, set()),
        ({"AWS": "arn:aws:sts::222222222222:federated-user/ann"}, {FEDERATED}),
        ({"AWS": ["AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE"]}, set()),
        ({"AWS": "arn:aws:iam::222222222222:role/App*"}, {USER, ROOT, FEDERATED, ROLE}),
        ({"AWS": "arn:aws:iam::333333333333:role/App*"}, set()),
        ({"AWS": "arn:aws:iam::*:role/App"}, {USER, ROOT, FEDERATED, ROLE}),
        ({"Service": "cognito-idp.amazonaws.com"}, {SERVICE}),
        ({"Service": "pinpoint.amazonaws.com"}, set()),
        ({"AWS": "333333333333", "Service": "cognito-idp.amazonaws.com"}, {SERVICE}),
        ({"Federated": "accounts.example.com"}, {USER, ROOT, FEDERATED, ROLE, SERVICE}),
        ({}, set()),
    ],
)
def test_principal(principal, expected) -> None:
    allow = statement(Principal=principal)
    callers = {USER, ROOT, FEDERATED, ROLE, SERVICE}
    assert {caller for caller in callers if decide(allow, request=_from(caller)).allowed} == expected


@pytest.mark.parametrize(
    ("principal", "stopped"),
    [
        ("*", {USER, ROLE, SERVICE}),
        ({"AWS": "*"}, {USER, ROLE}),
        ({"AWS": "222222222222"}, {USER, ROLE}),
        ({"AWS": "arn:aws:iam::222222222222:role/Admin"}, {ROLE}),
        ({"AWS": "arn:aws:iam::222222222222:role/A*"}, set()),
        ({"Federated": "accounts.example.com"}, set()),
    ],
)
def test_denied_principal(principal, stopped) -> None:
    statements = statement(), statement("Deny", Principal=principal)
    callers = {USER, ROLE, SERVICE}
    assert {caller for caller in callers if not decide(*statements, request=_from(caller)).allowed} == stopped


def test_not_principal() -> None:
    allow = statement(NotPrincipal={"AWS": "arn:aws:iam::222222222222:role/Admin"})
    assert not decide(allow, request=_from(ROLE)).allowed
    assert decide(allow, request=_from(USER)).allowed
    assert decide(allow, request=_from(SERVICE)).allowed
    deny = statement("Deny", NotPrincipal={"AWS": "arn:aws:iam::222222222222:role/Admin"})
    assert decide(statement(), deny, request=_from(ROLE)).allowed
    assert decide(statement(), deny, request=_from(USER)).allowed, "an account it names is not surely stopped"
    assert not decide(statement(), deny, request=STRANGER).allowed


def _from(caller):
    channel = Channel.SERVICE if caller.kind is CallerKind.SERVICE else Channel.DIRECT
    return replace(STRANGER, caller=caller, channel=channel)


def test_a_deny_wins_and_decides() -> None:
    decision = decide(statement(Sid="in"), statement("Deny", Sid="out"))
    assert not decision.allowed
    assert [step.statement.sid for step in decision.deciding] == ["out"]
    assert [step.statement.sid for step in decision.trace] == ["in", "out"]


def test_an_unknown_element_leaves_a_statement_open() -> None:
    assert decide(statement(Conditions={})).allowed
    assert decide(statement(), statement("Deny", Conditions={})).allowed


def levels(address=None, domain=None, *, source=IDENTITY, sender="ann@example.com"):
    policies = {IDENTITY: {"d": document(*domain or [])} if domain else {}}
    if address:
        policies[ADDRESS] = {"a": document(*address)}
    return evaluate(policies, replace(STRANGER, identity_arn=source, context={"ses:FromAddress": sender})).allowed


def test_an_address_takes_precedence_over_its_domain() -> None:
    allow_domain, deny_domain = statement(), statement("Deny")
    allow_address, deny_address = statement(Resource=ADDRESS), statement("Deny", Resource=ADDRESS)
    for source in (IDENTITY, ADDRESS):
        assert levels([allow_address], [deny_domain], source=source)
        assert not levels([deny_address], [allow_domain], source=source)
        assert levels(None, [allow_domain], source=source)
        assert not levels(None, [allow_domain, deny_domain], source=source)
    assert levels([deny_address], [allow_domain], sender="bob@example.com")
    assert not levels([deny_address], [allow_domain], sender="ann+x@example.com")
    assert not levels([allow_address], None, sender="bob@example.com")
    assert levels([allow_address], None, source=ADDRESS.replace("@example", "@EXAMPLE")), "domains have no case"
    assert not levels([allow_address], None, source=ADDRESS.replace("ann", "Ann")), "addresses have"


@pytest.mark.parametrize(
    ("text", "element", "line"),
    [
        ('{"Statement": [', "", 1),
        ('{\n"Statement": 1}', "Statement.0", 2),
        ("[[]]", "", 1),
        ('{"Statement": []}', "Statement", 1),
        ('{"Version": "2015-01-01", "Statement": {}}', "Version", 1),
        ('{"Statement": [{"Effect": "Permit"}]}', "Statement.0.Effect", 1),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', "Effect", 1),
        ('{"Statement": [\n{"Effect": "Allow",\n "Principal": "*",\n "Action": [["x"]]}]}', "Statement.0.Action", 4),
        ("[" * 100_000, "", 1),
    ],
)
def test_text_that_is_no_policy_says_where(text, element, line) -> None:
    with pytest.raises(UnreadablePolicyError) as error:
        evaluate({IDENTITY: {"p": text}}, STRANGER)
    assert (error.value.element, error.value.line) == (element, line)
    assert error.value.column is not None

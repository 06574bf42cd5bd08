"""The concrete evaluator's statements: principals, actions, resources, Denys, levels, and text that is no policy."""

from dataclasses import replace

import pytest

from inventory.policy.channels import Channel
from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError
from inventory.policy.requests import Caller, CallerKind
from tests.policy.caller_table import IDENTITY, REQUESTS
from tests.policy.evaluator_builders import ADDRESS, STRANGER, decide, document, statement


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

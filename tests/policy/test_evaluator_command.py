"""``evaluate_policy``: files in, JSON out, and where an input cannot be read."""

import json

import pytest

from inventory.policy.evaluation.command import main
from tests.policy.caller_table import IDENTITY, REQUESTS

ALLOW = {"Effect": "Allow", "Sid": "open", "Action": "ses:SendEmail", "Resource": "*", "Principal": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [ALLOW]}


@pytest.fixture
def run(tmp_path, capsys):
    def with_files(policy, request=None, *options):
        (tmp_path / "policy.json").write_text(policy if isinstance(policy, str) else json.dumps(policy))
        asked = REQUESTS["X1"].to_json() if request is None else request
        (tmp_path / "request.json").write_text(asked if isinstance(asked, str) else json.dumps(asked))
        code = main([*options, str(tmp_path / "policy.json"), "--request", str(tmp_path / "request.json")])
        return code, *capsys.readouterr()

    return with_files


@pytest.mark.parametrize(
    "policy", [POLICY, {"mine": POLICY}, {"mine": json.dumps(POLICY)}, {IDENTITY: {"mine": POLICY}}]
)
def test_every_form_of_file_gives_the_decision(run, policy) -> None:
    code, out, err = run(policy)
    decision = json.loads(out)
    assert (code, err, decision["allowed"]) == (0, "", True)
    assert [(step["effect"], step["sid"]) for step in decision["deciding"]] == [("Allow", "open")]
    assert {"element": "Principal", "matches": "yes"} in decision["trace"][0]["elements"]


def test_a_refusal_is_an_answer(run) -> None:
    code, out, _ = run({**POLICY, "Statement": [ALLOW, {**ALLOW, "Effect": "Deny", "Sid": "shut"}]})
    decision = json.loads(out)
    assert (code, decision["allowed"], decision["deciding"][0]["sid"]) == (0, False, "shut")


def test_the_identity_may_come_from_the_option(run) -> None:
    request = REQUESTS["X1"].to_json()
    del request["identity_arn"]
    assert run(POLICY, request, "--identity", IDENTITY)[0] == 0
    assert run(POLICY, request)[0] == 2


def test_policies_of_the_domain_answer_for_its_address(run) -> None:
    request = {**REQUESTS["X1"].to_json(), "identity_arn": IDENTITY.replace("/", "/ann@")}
    code, out, _ = run(POLICY, request, "--identity", IDENTITY)
    assert (code, json.loads(out)["deciding"][0]["identity"]) == (0, IDENTITY)


def test_the_owner_must_be_the_account_of_the_identity(run) -> None:
    assert run(POLICY, None, "--owner-account", "111111111111")[0] == 0
    code, out, err = run(POLICY, None, "--owner-account", "222222222222")
    assert (code, out) == (2, "")
    assert "identity_arn" in err


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ('{"Version": "2012-10-17",\n "Statement": [}', "line 2, column 16"),
        ({"Version": "2012-10-17", "Statement": [{**ALLOW, "Effect": "Maybe"}]}, "Statement.0.Effect"),
        ({"mine": {"Statement": []}}, "Statement"),
        ({"mine": 7}, "a policy is a JSON object"),
        ("[1]", "a policy is a JSON object"),
        ("", "line 1, column 1"),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(run, policy, said) -> None:
    code, out, err = run(policy)
    assert (code, out) == (2, "")
    assert said in err
    assert "line" in err
    assert "column" in err


@pytest.mark.parametrize("request_text", ["{", "[]", "{}", '{"caller": {"kind": "ghost"}}'])
def test_a_bad_request_is_refused(run, request_text) -> None:
    code, out, err = run(POLICY, request_text)
    assert (code, out) == (2, "")
    assert "request" in err


def test_a_file_that_is_not_there_is_refused(run, capsys) -> None:
    assert main(["/nowhere/policy.json", "--request", "/nowhere/request.json"]) == 2
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("request_text", ["[" * 100_000, '{"caller": %s}' % ("9" * 5000), "\ufeff[]"])
def test_a_request_that_no_reader_takes_is_one_line(run, request_text) -> None:
    code, out, err = run(POLICY, request_text)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "line 1, column 1" in err


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": %s, "a": {}}' % ("9" * 5000)])
def test_policies_that_no_reader_takes_are_one_line(run, text) -> None:
    code, out, err = run(text)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_name_that_stands_twice_in_a_map_decides_nothing(run) -> None:
    shut = json.dumps({**POLICY, "Statement": [{**ALLOW, "Effect": "Deny"}]})
    code, _, err = run(f'{{"mine": {shut}, "mine": {json.dumps(POLICY)}}}')
    assert (code, "twice" in err) == (2, True)


def test_a_byte_order_mark_does_no_harm(run) -> None:
    assert run(f"\ufeff{json.dumps(POLICY)}")[0] == 0
    assert run(f"\ufeff{json.dumps({'mine': POLICY})}")[0] == 0

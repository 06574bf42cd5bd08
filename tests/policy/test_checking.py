# ruff: noqa: E501 - one case a line
"""``check_policy``: what it reads, what it prints, how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.policy.check.command import main
from tests.policy.analysis_builders import COLLEAGUE, IDENTITY, OWNER, PARTNER, document, statement

PUBLIC = document(statement())
PARTNERS = document(
    statement(Principal={"AWS": PARTNER}, Condition={"StringEquals": {"ses:FromAddress": "a@example.com"}})
)
OWN = document(statement(Principal={"AWS": OWNER}))


@pytest.fixture
def run(tmp_path, capsys):
    def run(text, *options):
        file = tmp_path / "policy.json"
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        code = main([*options, str(file)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def answer(run):
    def answer(text, *options):
        code, out, err = run(text, "--format", "json", *options)
        assert not err
        return code, json.loads(out)

    return answer


# JSON.


def test_a_public_policy_fails_and_says_so(answer):
    code, found = answer(PUBLIC)
    assert code == 1
    assert found["reach"] == "public"
    assert {"rule", "severity", "policy", "statement", "text"} == set(found["findings"][0])
    assert "public-send" in {finding["rule"] for finding in found["findings"]}


def test_a_delegation_has_its_members(answer):
    _, found = answer(PARTNERS, "--trusted-account", PARTNER)
    delegation = found["delegations"][0]
    assert {
        "policy", "sid", "statement", "channel", "reach", "trust", "accounts", "organizations", "principals", "services",
        "action_classes", "actions", "limits", "notes", "witness",
    } <= set(delegation)  # fmt: skip
    assert (delegation["policy"], delegation["reach"], delegation["trust"]) == ("policy", "account", "partner")
    assert delegation["witness"]["caller"]["account"] == PARTNER
    assert delegation["limits"][0]["is_effective"] is True


@pytest.mark.parametrize(
    ("options", "trust", "code"),
    [
        ([], "unknown", 1),
        (["--trusted-account", PARTNER], "partner", 0),
        (["--trusted-account", COLLEAGUE], "unknown", 1),
        (["--owner-account", PARTNER], "own", 0),
    ],
)
def test_trust_comes_from_the_options(answer, options, trust, code):
    got, found = answer(PARTNERS, *options)
    assert {delegation["trust"] for delegation in found["delegations"]} == {trust}
    assert got == code


def test_a_trusted_organization_is_one(answer):
    text = document(statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-ours"}}))
    assert answer(text, "--trusted-org", "o-ours")[1]["delegations"][0]["trust"] == "organization"
    assert answer(text)[1]["delegations"][0]["trust"] == "unknown"


@pytest.mark.parametrize(("severity", "code"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("info", 1)])
def test_the_threshold_is_chosen(run, severity, code):
    assert run(PARTNERS, "--fail-on", severity)[0] == code


def test_a_policy_of_our_own_passes_at_every_threshold(run):
    assert run(OWN, "--fail-on", "info")[0] == 0


# Forms of a file.


def test_a_map_holds_documents_and_texts(answer):
    code, found = answer({"a": json.loads(OWN), "b": PUBLIC})
    assert code == 1
    assert {(d["policy"], d["reach"]) for d in found["delegations"] if d["channel"] == "direct"} == {
        ("a", "self"),
        ("b", "public"),
    }


def test_a_bad_document_in_a_map_is_a_finding(answer):
    _, found = answer({"bad": "{", "good": json.loads(OWN)})
    assert found["reach"] == "undetermined"
    assert [(f["rule"], f["policy"]) for f in found["findings"]] == [("invalid-policy", "bad")]


def test_a_deny_in_another_policy_of_the_map_counts(answer):
    deny = document(statement(Effect="Deny", Action="ses:*"))
    assert answer({"a": PUBLIC, "b": deny})[1]["reach"] == "inert"


def test_standard_input_is_a_dash():
    found = subprocess.run(
        [sys.executable, "manage.py", "check_policy", "--format", "json", "-"],
        input=PUBLIC, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert found.returncode == 1
    assert json.loads(found.stdout)["reach"] == "public"


def terraform(resource):
    module = {"child_modules": [{"resources": [resource]}], "resources": []}
    return {"format_version": "1.2", "planned_values": {"root_module": module}}


@pytest.mark.parametrize(
    "resource",
    [
        {"address": "aws_ses_identity_policy.a", "type": "aws_ses_identity_policy", "values": {"identity": IDENTITY, "name": "n", "policy": PUBLIC}},
        {"address": "aws_sesv2_email_identity_policy.a", "type": "aws_sesv2_email_identity_policy", "values": {"email_identity": "example.com", "policy_name": "n", "policy": PUBLIC}},
    ],
)  # fmt: skip
def test_a_terraform_plan_is_read(answer, resource):
    code, found = answer(terraform(resource))
    assert code == 1
    assert {(d["policy"], d["reach"]) for d in found["delegations"]} >= {("n", "public")}


def test_a_terraform_plan_of_changes_is_read(answer):
    after = {"identity": IDENTITY, "name": "n", "policy": OWN}
    change = {"address": "x", "type": "aws_ses_identity_policy", "change": {"after": after}}
    assert answer({"format_version": "1.2", "resource_changes": [change]})[1]["reach"] == "self"


def test_a_policy_that_the_plan_does_not_know_yet_is_not_passed_over(run):
    resource = {"address": "r.a", "type": "aws_ses_identity_policy", "values": {"identity": IDENTITY, "name": "n"}}
    code, _, err = run(terraform(resource))
    assert code == 2
    assert "n: " in err


TEMPLATES = [
    {"Type": "Custom::SesPolicy", "Properties": {"Identity": IDENTITY, "PolicyName": "n", "Policy": json.loads(PUBLIC)}},
    {"Type": "Custom::SesPolicy", "Properties": {"Identity": IDENTITY, "PolicyName": "n", "Policy": PUBLIC}},
    {"Type": "Custom::AWS", "Properties": {"Create": json.dumps({"parameters": {"Identity": "example.com", "PolicyName": "n", "Policy": PUBLIC}})}},
    {"Type": "AWS::CloudFormation::CustomResource", "Properties": {"Identity": "example.com", "PolicyName": "n", "Policy": {"Fn::Sub": PUBLIC.replace(OWNER, "${AWS::AccountId}")}}},
]  # fmt: skip


@pytest.mark.parametrize("resource", TEMPLATES)
def test_a_template_with_a_custom_resource_is_read(answer, resource):
    code, found = answer({"Resources": {"Mine": resource}}, "--owner-account", OWNER)
    assert code == 1
    assert {(d["policy"], d["reach"]) for d in found["delegations"]} >= {("n", "public")}


def test_a_template_fills_in_what_it_refers_to(answer):
    policy = json.loads(OWN)
    policy["Statement"][0]["Principal"] = {"AWS": {"Ref": "AWS::AccountId"}}
    policy["Statement"][0]["Resource"] = {
        "Fn::Join": [":", ["arn:aws:ses:us-east-1", {"Ref": "AWS::AccountId"}, "identity/x.com"]]
    }
    resource = {"Type": "Custom::P", "Properties": {"Policy": policy}}
    assert answer({"Resources": {"Mine": resource}}, "--owner-account", OWNER)[1]["reach"] == "self"


@pytest.mark.parametrize(
    "text", [{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}, terraform({"type": "aws_s3_bucket"})]
)
def test_a_file_without_a_policy_is_refused(run, text):
    code, _, err = run(text)
    assert code == 2
    assert "holds no SES identity policy" in err


# What cannot be read.


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", "line 1, column 2"),
        (PUBLIC.replace('"Effect": "Allow"', '"effect": "Allow"'), "Statement[0].effect"),
        ('{\n  "Version": "2012-10-17",\n  "Statements": []\n}', "line 3, column 3, Statements"),
        ('{"p": {"Version": "2012-10-17", "Statement": []}}', "line 1, column 46, Statement"),
        ("[" * 100_000, "nested"),
        ("\x00", "line 1, column 1"),
    ],
)
def test_what_cannot_be_read_ends_with_its_place(run, text, where):
    code, out, err = run(text)
    assert code == 2
    assert not out
    assert where in err


@pytest.mark.parametrize(
    "options",
    [["--trusted-account", "12"], ["--trusted-org", "x"], ["--owner-account", "abc"], ["--identity", "example.com"]],
)
def test_bad_arguments_are_one_line(run, options):
    code, _, err = run(PUBLIC, *options)
    assert code == 2
    assert err.count("\n") == 1


def test_a_missing_file_is_one_line(capsys, tmp_path):
    assert main([str(tmp_path / "none.json")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_text_that_is_not_utf8_is_refused(capsys, tmp_path):
    file = tmp_path / "p.json"
    file.write_bytes(b"\xff\xfe{}")
    assert main([str(file)]) == 2
    assert "no UTF-8 text" in capsys.readouterr().err


# Text and SARIF.


def test_the_text_marks_the_line_with_a_caret(run):
    text = json.dumps(json.loads(document(statement(Condition={"Bool": {"ses:RequireTLS": "true"}}))), indent=1)
    _, out, _ = run(text)
    lines = out.split("\n")
    caret = next(n for n, line in enumerate(lines) if "^" in line)
    start = lines[caret].index("^")
    assert lines[caret - 1][start:].startswith('"ses:RequireTLS"')
    assert "inert-condition" in out
    assert "  Why: " in out
    assert "  Fix: " in out


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_the_caret_stands_under_who_is_meant(run, element):
    stated = {**statement(), element: {"AWS": "*" if element == "Principal" else PARTNER}}
    if element == "NotPrincipal":
        del stated["Principal"]
    lines = run(json.dumps(json.loads(document(stated)), indent=1))[1].split("\n")
    caret = next(n for n, line in enumerate(lines) if "^" in line)
    assert lines[caret - 1][lines[caret].index("^") :].startswith(f'"{element}"')


def test_a_policy_inside_a_template_is_marked_where_it_stands(run):
    text = json.dumps({"Resources": {"Mine": TEMPLATES[0]}}, indent=1)
    _, out, _ = run(text, "--owner-account", OWNER)
    line = next(n for n, each in enumerate(text.split("\n"), 1) if '"Principal"' in each)
    assert f"policy.json:{line}:" in out
    assert "[Mine]" in out


def test_the_text_begins_with_who_can_send(run):
    assert "  - Anyone with an AWS account can send as any address at example.com." in run(PUBLIC)[1]


def test_sarif_points_at_the_element(run):
    text = json.dumps(json.loads(document(statement(Condition={"Bool": {"ses:RequireTLS": "true"}}))), indent=1)
    _, out, _ = run(text, "--format", "sarif")
    sarif = json.loads(out)
    assert sarif["version"] == "2.1.0"
    (result,) = [r for r in sarif["runs"][0]["results"] if r["ruleId"] == "inert-condition"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = text.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"ses:RequireTLS": "true"'
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == "inert-condition"


def test_sarif_names_the_file_as_an_address(tmp_path, capsys):
    file = tmp_path / "a policy.json"
    file.write_text(PUBLIC, encoding="utf-8")
    main(["--format", "sarif", str(file)])
    (location, *_) = json.loads(capsys.readouterr().out)["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("/a%20policy.json")


def test_an_operator_that_nearly_is_one_is_named(run):
    out = run(document(statement(Condition={"StringEqual": {"aws:PrincipalOrgID": "o-ours"}})))[1]
    assert "IAM has no condition operator 'StringEqual'; perhaps StringEquals is meant." in out


def test_it_needs_neither_django_nor_the_sdk():
    code = "import sys; import inventory.policy.check.command; print(sorted({'django', 'boto3', 'celery'} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert found.stdout.strip() == "[]"

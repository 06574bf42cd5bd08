"""The catalogue: every rule has its words, and what it tells people to copy is well formed."""

import json
import re
import shlex

import pytest

from inventory.policy.rules import RULES, Place, fix_for
from inventory.policy.rules.hcl import policy_document
from inventory.policy.rules.rule_texts import Correction

# Ids are stable for ever, and their default severities are what people have agreed on.
CATALOGUE = {
    "public-send": "critical",
    "public-send-limited": "high",
    "undetermined-send": "high",
    "network-only-send": "high",
    "unknown-account-send": "high",
    "former-delegate-send": "high",
    "placeholder-account": "high",
    "policy-admin-delegated": "high",
    "endgame-marker": "critical",
    "production-isolation": "high",
    "service-unpinned": "medium",
    "organization-wide-delegate": "medium",
    "apex-delegated": "medium",
    "shared-identity": "medium",
    "whole-account-delegate": "medium",
    "no-from-restriction": "medium",
    "no-network-restriction": "info",
    "bulk-escapes-from": "high",
    "inert-condition": "medium",
    "vacuous-condition": "low",
    "dead-deny": "medium",
    "dangling-delegate": "low",
    "invalid-policy": "medium",
    "region-drift": "medium",
    "scope-exceeded": "high",
    "unapproved-delegation": "high",
    "grant-not-removed": "high",
    "renewal-overdue": "medium",
    "break-glass-unconfirmed": "critical",
}
PLACE = Place(
    "mail.example.com", "arn:aws-us-gov:ses:us-gov-west-1:111111111111:identity/mail.example.com", "partner", 1
)


def test_ids_and_severities():
    assert {rule_id: text.severity.value for rule_id, text in RULES.items()} == CATALOGUE


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_says_why_and_what_it_supports(rule_id):
    text = RULES[rule_id]
    assert text.title
    assert not text.title.endswith(".")
    assert len(text.why) > 100
    assert text.console
    assert any(reference.url.startswith("https://docs.aws.amazon.com/") for reference in text.references)
    assert any(reference.framework.startswith("NIST") for reference in text.references)
    said = " ".join((text.title, text.why, *text.console)).lower()
    assert "satisf" not in said


@pytest.mark.parametrize("rule_id", RULES)
def test_command_lines_name_the_case(rule_id):
    text = RULES[rule_id]
    fix = fix_for(text, PLACE)
    commands = [shlex.split(line) for line in fix.cli.splitlines() if line.startswith("aws ")]
    if text.correction in (Correction.COMPARE, Correction.DECIDE):
        assert "us-gov-west-1" in fix.cli
        return
    assert {tuple(command[1:3]) for command in commands} >= {
        ("sesv2", "get-email-identity-policies"),
        ("sesv2", "update-email-identity-policy"),
        ("ses", "put-identity-policy"),
    }
    for command in commands:
        options = dict(zip(command[3::2], command[4::2], strict=False))
        assert options["--region"] == "us-gov-west-1"
        assert options["--email-identity" if command[1] == "sesv2" else "--identity"] == "mail.example.com"
        if "delete" in command[2] or "update" in command[2] or "put" in command[2]:
            assert options["--policy-name"] == "partner"
    assert "no resource type" in fix.cloudformation
    assert "mail.example.com" in " ".join(fix.console)


@pytest.mark.parametrize("rule_id", [rule_id for rule_id, text in RULES.items() if text.statement])
def test_the_corrected_document_is_a_policy_of_this_identity(rule_id):
    fix = fix_for(RULES[rule_id], PLACE)
    written = re.search(r"<<'POLICY'\n(.*)\nPOLICY", fix.cli, re.DOTALL)
    assert written is not None
    (statement,) = json.loads(written[1])["Statement"]
    assert statement["Resource"] == PLACE.identity_arn
    if statement["Effect"] == "Allow":
        assert "*" not in json.dumps(statement["Principal"])
        assert "SendBulkEmail" not in json.dumps(statement["Action"])
    assert "PARTITION" not in fix.cli
    assert PLACE.identity_arn in fix.terraform
    assert "aws_sesv2_email_identity_policy" in fix.terraform
    assert "aws_ses_identity_policy" in fix.terraform
    assert fix.terraform.count("{") == fix.terraform.count("}")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("444455556666", "arn:aws-us-gov:iam::444455556666:role/SENDER_ROLE"),
        ("arn:aws:iam::444455556666:role/mailer", "arn:aws:iam::444455556666:role/mailer"),
        ("*", "arn:aws-us-gov:iam::DELEGATE_ACCOUNT_ID:role/SENDER_ROLE"),
    ],
)
def test_the_delegate_stands_in_the_corrected_statement(subject, expected):
    place = Place(PLACE.identity, PLACE.identity_arn, "partner", 0, subject)
    assert f'"AWS": "{expected}"' in fix_for(RULES["whole-account-delegate"], place).cli


def test_a_name_with_a_quote_does_not_leave_its_quotes():
    place = Place("o'brien@example.com", "arn:aws:ses:eu-west-1:111111111111:identity/o'brien@example.com", "p", 0)
    fix = fix_for(RULES["unknown-account-send"], place)
    for line in fix.cli.splitlines():
        if line.startswith("aws ses"):
            assert "o'brien@example.com" in shlex.split(line)


def test_terraform_keeps_policy_variables():
    statement = {
        "Sid": "S",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "ses:SendEmail",
        "Resource": "x",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["${aws:ResourceOrgID}"]}},
    }
    assert 'values   = ["$${aws:ResourceOrgID}"]' in policy_document("sender", statement)

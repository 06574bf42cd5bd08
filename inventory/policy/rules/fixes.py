"""How to mend one finding: console steps, command lines, Terraform and CloudFormation, with the case's own values."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory.policy.account_ids import is_account_id
from inventory.policy.rules.hcl import policy_document
from inventory.policy.rules.rule_texts import Correction, RuleText

_NO_NATIVE_TYPE = (
    "CloudFormation has no resource type for identity policies: AWS::SES::EmailIdentity does not hold any. "
    "If a custom resource of a stack wrote this policy, change the document in that stack and update it; "
    "else the stack does not know the policy, and the command lines above are the way."
)
_NOTHING_TO_WRITE = "Nothing has to change before people have decided: what they approve comes with its own policy."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands. ``statement`` counts from 0; ``policy`` and ``subject`` may be empty."""

    identity: str
    identity_arn: str
    policy: str = ""
    statement: int | None = None
    subject: str = ""

    @property
    def fields(self) -> list[str]:
        """The colon fields of the identity's ARN, filled up where the ARN is no ARN."""
        return [*self.identity_arn.split(":", 5), *[""] * 6][:6]


@dataclass(frozen=True, slots=True)
class Fix:
    """Ready to copy. ``console`` are steps; the others are whole texts."""

    console: tuple[str, ...]
    cli: str
    terraform: str
    cloudformation: str


def fix_for(rule: RuleText, place: Place) -> Fix:
    """How to mend what the rule found at this place."""
    statement = _filled(rule.statement, place)
    return Fix(
        console=_console(rule, place),
        cli=_COMMANDS[rule.correction](place, statement),
        terraform=_terraform(rule, place, statement),
        cloudformation=_NOTHING_TO_WRITE if rule.correction is Correction.DECIDE else _NO_NATIVE_TYPE,
    )


def _console(rule: RuleText, place: Place) -> tuple[str, ...]:
    region = place.fields[3] or "the identity's region"
    if rule.correction is Correction.DECIDE:
        return rule.console
    opening = (
        f"Sign in to account {place.fields[4] or 'of the identity'} and open Amazon SES in {region}.",
        f"Configuration, Identities, {place.identity}, tab Authorization"
        + (f", policy {place.policy}: Edit." if place.policy else "."),
    )
    return (*opening, *rule.console)


def _save(place: Place) -> str:
    query = shlex.quote(f'Policies."{place.policy}"')
    return (
        "# Keep the document as it is now, to be able to go back.\n"
        f"aws sesv2 get-email-identity-policies {_where(place)} --query {query} --output text > policy.before.json\n"
    )


def _put(place: Place) -> str:
    name = shlex.quote(place.policy)
    return (
        f"aws sesv2 update-email-identity-policy {_where(place)} --policy-name {name} --policy file://policy.json\n"
        "# The same with version 1 of the API:\n"
        f"aws ses put-identity-policy {_where_v1(place)} --policy-name {name} --policy file://policy.json\n"
    )


def _delete(place: Place) -> str:
    name = shlex.quote(place.policy)
    return (
        f"aws sesv2 delete-email-identity-policy {_where(place)} --policy-name {name}\n"
        "# The same with version 1 of the API:\n"
        f"aws ses delete-identity-policy {_where_v1(place)} --policy-name {name}\n"
    )


def _replace(place: Place, statement: Mapping[str, Any]) -> str:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
    return (
        f"{_save(place)}"
        f"# Write policy.json. {_which(place)} becomes the one below, with the upper-case words filled in;\n"
        "# take over the other statements of policy.before.json that are still wanted.\n"
        f"cat > policy.json <<'POLICY'\n{document}\nPOLICY\n{_put(place)}"
    )


def _remove(place: Place, _statement: Mapping[str, Any]) -> str:
    return (
        f"{_save(place)}"
        f"# {_which(place)} goes. If the policy holds nothing else that is wanted, delete it:\n{_delete(place)}"
        "# Else write what stays into policy.json and put that in its place:\n"
        f"{_put(place)}"
    )


def _compare(place: Place, _statement: Mapping[str, Any]) -> str:
    identity = shlex.quote(place.identity)
    return (
        "# Print the policies of every region's copy side by side; add the regions that you use.\n"
        f"for region in {place.fields[3]} OTHER_REGION; do\n"
        '  echo "== $region"\n'
        f'  aws sesv2 get-email-identity-policies --region "$region" --email-identity {identity} --query Policies\n'
        "done\n"
    )


def _decide(place: Place, _statement: Mapping[str, Any]) -> str:
    return f"# {_NOTHING_TO_WRITE}\n# What AWS allows now:\naws sesv2 get-email-identity-policies {_where(place)}\n"


_COMMANDS = {
    Correction.REPLACE: _replace,
    Correction.REMOVE: _remove,
    Correction.COMPARE: _compare,
    Correction.DECIDE: _decide,
}


def _terraform(rule: RuleText, place: Place, statement: Mapping[str, Any]) -> str:
    if rule.correction is Correction.DECIDE:
        return f"# {_NOTHING_TO_WRITE}\n"
    if rule.correction is Correction.COMPARE:
        return (
            "# Declare the policy once and give it to each region's copy of the identity through a provider alias,\n"
            "# so that the copies cannot drift apart.\n"
        )
    if not statement:
        return (
            f"# {_which(place)} goes: take its block out of the aws_iam_policy_document, or the whole resource\n"
            "# aws_ses_identity_policy or aws_sesv2_email_identity_policy where nothing else is in it. If the policy\n"
            "# is not in your code at all, Terraform will not remove it: use the command lines.\n"
        )
    return f"{policy_document('sender', statement)}\n{_resources(place)}"


def _resources(place: Place) -> str:
    identity, name = json.dumps(place.identity), json.dumps(place.policy)
    return (
        f'resource "aws_sesv2_email_identity_policy" "sender" {{\n  email_identity = {identity}\n'
        f"  policy_name    = {name}\n  policy         = data.aws_iam_policy_document.sender.json\n}}\n\n"
        "# Or, with the older resource; never both for one policy:\n"
        f'# resource "aws_ses_identity_policy" "sender" {{\n#   identity = {identity}\n#   name     = {name}\n'
        "#   policy   = data.aws_iam_policy_document.sender.json\n# }\n"
    )


def _which(place: Place) -> str:
    return "The statement in question" if place.statement is None else f"Statement {place.statement + 1}"


def _where(place: Place) -> str:
    return f"--region {place.fields[3] or 'REGION'} --email-identity {shlex.quote(place.identity)}"


def _where_v1(place: Place) -> str:
    return f"--region {place.fields[3] or 'REGION'} --identity {shlex.quote(place.identity)}"


def _filled(statement: Mapping[str, Any], place: Place) -> dict[str, Any]:
    words = {
        "IDENTITY_ARN": place.identity_arn,
        "PARTITION": place.fields[1] or "aws",
        "OWNER_ACCOUNT_ID": place.fields[4] or "OWNER_ACCOUNT_ID",
    }
    if is_account_id(place.subject):
        words["DELEGATE_ACCOUNT_ID"] = place.subject
    if "@" in place.identity:
        words["SENDER_ADDRESS"] = place.identity
    if place.subject.endswith(".amazonaws.com"):
        words["SERVICE_PRINCIPAL"] = place.subject
    filled = {key: _fill(value, words) for key, value in statement.items()}
    if place.subject.startswith("arn:") and ":iam:" in place.subject:
        filled["Principal"] = {"AWS": place.subject}
    return filled


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _fill(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, words) for item in value]
    text = str(value)
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text

"""What delegations and conditions are called in plain words, word by word."""

# ruff: noqa: E501 - one case a line

import pytest

from inventory.policy.trust import Registry
from inventory.policy.words.conditions import describe_condition
from inventory.policy.words.sentences import describe, describe_analysis, describe_statement, raised, shown_account
from tests.policy.analysis_builders import IDENTITY, OWNER, PARTNER, STRANGER, analysed, deny, statement, when

NAMES = {PARTNER: "Brightmail"}
BRIGHTMAIL = "Brightmail (account 3031-3233-3435)"
COGNITO = {"Service": "cognito-idp.amazonaws.com"}


def first(*statements, **changes) -> str:
    return describe_statement(analysed(*statements, **changes), "p", 0, NAMES)[0]


def aws(*values, **elements):
    return statement(Principal={"AWS": list(values)}, **elements)


SENTENCES = [
    ([statement()], "Anyone with an AWS account can send as any address at example.com."),
    ([when(Bool={"aws:SecureTransport": "true"})], "Anyone with an AWS account can send as any address at example.com, as long as the connection is encrypted."),
    ([aws(PARTNER)], f"{BRIGHTMAIL} can send as any address at example.com."),
    ([aws(STRANGER)], "Account 9999-9999-9999 can send as any address at example.com."),
    ([aws(f"arn:aws:iam::{PARTNER}:role/path/Mailer")], f"The role path/Mailer of {BRIGHTMAIL} can send as any address at example.com."),
    ([aws(f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/run")], f"The session run of the role Mailer of {BRIGHTMAIL} can send as any address at example.com."),
    ([when(StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:root"})], f"The root user of {BRIGHTMAIL} can send as any address at example.com."),
    ([when(StringLike={"aws:userid": "AROAEXAMPLE:*"})], "The role with the id AROAEXAMPLE can send as any address at example.com."),
    ([aws(OWNER)], "The owner's own account 1111-1111-1111 can send as any address at example.com."),
    ([when(StringEquals={"aws:PrincipalOrgID": "o-ours"})], "Every account of organization o-ours can send as any address at example.com."),
    ([statement(Principal=COGNITO)], "The AWS service cognito-idp.amazonaws.com, on behalf of any of its customers, can send as any address at example.com."),
    ([statement(Principal=COGNITO, Condition={"StringEquals": {"aws:SourceAccount": OWNER}})], "The AWS service cognito-idp.amazonaws.com, acting for account 1111-1111-1111, can send as any address at example.com."),
    ([aws(PARTNER, Condition={"StringEquals": {"ses:FromAddress": "news@example.com"}})], f"{BRIGHTMAIL} can send as news@example.com."),
    ([aws(PARTNER, Condition={"StringLike": {"ses:FromAddress": ["a@example.com", "b@example.com"]}})], f"{BRIGHTMAIL} can send as a@example.com or b@example.com."),
    ([aws(PARTNER, Condition={"StringNotLike": {"ses:FromAddress": "ceo@*"}})], f"{BRIGHTMAIL} can send as any address at example.com, only if the from-address is not like ceo@*."),
    ([aws(PARTNER, Condition={"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}})], f"{BRIGHTMAIL} can send as any address at example.com, only from 198.51.100.0/24 or 203.0.113.0/24."),
    ([aws(PARTNER, Condition={"ForAllValues:StringLike": {"ses:Recipients": "*@example.org"}})], f"{BRIGHTMAIL} can send as any address at example.com, only to *@example.org."),
    ([aws(PARTNER, Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}})], f"{BRIGHTMAIL} can send as any address at example.com, until 1 Jan 2027."),
    ([aws(PARTNER, Condition={"DateGreaterThanEquals": {"aws:CurrentTime": "2027-01-01T08:30:00Z"}})], f"{BRIGHTMAIL} can send as any address at example.com, from 1 Jan 2027, 08:30 UTC."),
    ([aws(PARTNER), deny({"StringNotLike": {"ses:FromAddress": "news@*"}})], f"{BRIGHTMAIL} can send as news@*."),
    ([aws(PARTNER, Action="ses:PutIdentityPolicy")], f"{BRIGHTMAIL} can possibly change who may send as it (example.com)."),
    ([when(StringEquals={"aws:SourceVpce": "vpce-1"})], "Anyone with an AWS account can send as any address at example.com, only if the VPC endpoint is vpce-1, through a VPC endpoint."),
    ([when(Bool={"ses:RequireTLS": "true"})], "Lets nobody in. The condition key ses:RequireTLS does not exist, so a condition that needs it never holds."),
    ([aws("AIDACKCEVSQ6C2EXAMPLE")], "Lets nobody in: AIDACKCEVSQ6C2EXAMPLE was deleted."),
    ([when(StringEquals={"aws:Nonsense": "x"})], "Somebody, possibly anyone with an AWS account, can send as any address at example.com. It cannot be said for certain: the condition key 'aws:Nonsense' is neither an SES key nor a global one."),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "sentence"), SENTENCES)
def test_a_delegation_is_a_sentence(statements, sentence):
    assert first(*statements) == sentence


def test_an_address_is_sent_as_itself():
    identity = IDENTITY.replace("example.com", "news@example.com")
    assert (
        first(statement(Resource=identity), identity_arn=identity)
        == "Anyone with an AWS account can send as news@example.com."
    )


def test_the_unknown_organization_of_the_owner_has_words():
    analysis = analysed(when(StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}), registry=Registry())
    assert describe_analysis(analysis, {})[0].startswith("Every account of the identity's own organization can")


def test_the_same_is_said_once_for_both_ways_of_calling():
    assert len(describe_statement(analysed(aws(PARTNER)), "p", 0, NAMES)) == 1


def test_unknown_senders_come_first():
    analysis = analysed(aws(OWNER, PARTNER, STRANGER))
    assert [sentence.split(" can ")[0] for sentence in describe_analysis(analysis, NAMES)] == [
        "Account 9999-9999-9999",
        BRIGHTMAIL,
        "The owner's own account 1111-1111-1111",
    ]


def test_many_actions_are_counted_and_the_grave_ones_named():
    sentence = describe(analysed(statement(Action="ses:*")).delegations[0], "example.com", {})
    assert "possibly change who may send as it" in sentence
    assert sentence.endswith("use 232 SES actions in all.")


CONDITIONS = [
    ("Bool", "aws:SecureTransport", ["true"], "as long as the connection is encrypted"),
    ("Bool", "aws:MultiFactorAuthPresent", ["true"], "only with a second factor"),
    ("StringEquals", "aws:PrincipalOrgID", ["o-a"], "only if the caller's organization is o-a"),
    ("StringEqualsIfExists", "aws:PrincipalOrgID", ["o-a"], "only if the caller's organization is o-a, or if the call does not say"),
    ("StringNotEquals", "aws:PrincipalAccount", ["1", "2"], "only if the caller's account is not 1 or 2"),
    ("StringLike", "aws:PrincipalTag/team", ["m*"], "only if the caller's tag team is like m*"),
    ("IpAddress", "aws:SourceIp", ["198.51.100.0/24"], "only from 198.51.100.0/24"),
    ("NotIpAddress", "aws:SourceIp", ["198.51.100.0/24"], "not from 198.51.100.0/24"),
    ("DateLessThan", "aws:CurrentTime", ["2027-03-31T22:00:00Z"], "until 31 Mar 2027, 22:00 UTC"),
    ("DateGreaterThan", "aws:EpochTime", ["1798761600"], "after 1 Jan 2027"),
    ("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"], "only if aws:MultiFactorAuthAge is below 3600"),
    ("Null", "aws:PrincipalOrgID", ["true"], "only if the call does not carry aws:PrincipalOrgID"),
    ("Null", "aws:PrincipalOrgID", ["false"], "only if the call carries aws:PrincipalOrgID"),
    ("ForAnyValue:StringLike", "ses:Recipients", ["*@a"], "only if one recipient at least is among *@a"),
    ("Nonsense", "aws:userid", ["x"], "under a condition that IAM does not know (Nonsense on aws:userid)"),
    ("StringEquals", "my:key", ["x"], "only if my:key is x"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "key", "values", "clause"), CONDITIONS)
def test_a_condition_is_a_clause(operator, key, values, clause):
    assert describe_condition(operator, key, values) == clause


def test_account_ids_have_one_shape():
    assert shown_account("444455556666", {"444455556666": "Brightmail"}) == "Brightmail (account 4444-5555-6666)"
    assert shown_account("012345678901", {}) == "account 0123-4567-8901"


def test_a_sentence_begins_with_a_capital_letter_but_never_changes_a_name():
    assert raised("account 4444-5555-6666") == "Account 4444-5555-6666"
    assert raised("the role mailer of brightmail (account 4444-5555-6666)").startswith("The role")
    assert raised("brightmail-old (closed) (account 4444-5555-6666)").startswith("brightmail-old")

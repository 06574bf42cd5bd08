"""Terms of grants as sentences, word for word."""

from datetime import date
from typing import Any

import pytest

from inventory.policy.grants.terms import GrantTerms, PinnedService
from inventory.policy.words.terms import terms_party, terms_sentence

PARTNER, OTHER = "444455556666", "777788889999"
NAMES = {PARTNER: "Brightmail", "o-harbour": "Harbour"}
BRIGHTMAIL = "Brightmail (account 4444-5555-6666)"
ROLE = f"arn:aws:iam::{PARTNER}:role"


def terms(**given) -> GrantTerms:
    usual: dict[str, Any] = {
        "identity_arn": "arn:aws:ses:eu-west-1:111111111111:identity/shop.example.com",
        "principals": (PARTNER,),
        "actions": ("ses:SendEmail",),
        "ends_on": date(2027, 3, 31),
    }
    return GrantTerms(**usual | given)


def said(identity_name="shop.example.com", on=None, **given) -> str:
    return terms_sentence(terms(**given), names=NAMES, identity_name=identity_name, on=on)


ADDRESSES = tuple(f"{name}@shop.example.com" for name in ("a", "b", "c", "d", "e", "f", "g"))
NEWS, ANYWHERE = "news@shop.example.com", "*@shop.example.com"
ANY, UNTIL = "can send as any address at shop.example.com", "until 31 Mar 2027."
SERVICE = "cognito-idp.amazonaws.com"
PINNED = {"principals": (), "services": (PinnedService(SERVICE, PARTNER),)}
SENTENCES = [
    ({}, f"{BRIGHTMAIL} {ANY}, {UNTIL}"),
    ({"from_addresses": (ANYWHERE, NEWS)}, f"{BRIGHTMAIL} {ANY}, {UNTIL}"),
    (
        {"from_addresses": (NEWS,), "networks": ("203.0.113.0/24", "198.51.100.0/24")},
        f"{BRIGHTMAIL} can send as {NEWS}, from two networks, {UNTIL}",
    ),
    (
        {"networks": ("203.0.113.0/24",), "recipients": ("*@example.org",)},
        f"{BRIGHTMAIL} {ANY}, only to *@example.org, from one network, {UNTIL}",
    ),
    ({"networks": tuple(f"203.0.113.{n}" for n in range(12))}, f"{BRIGHTMAIL} {ANY}, from 12 networks, {UNTIL}"),
    (
        {"from_addresses": ADDRESSES[:4]},
        f"{BRIGHTMAIL} can send as {', '.join(ADDRESSES[:3])} or d@shop.example.com, {UNTIL}",
    ),
    (
        {"from_addresses": ADDRESSES},
        f"{BRIGHTMAIL} can send as a@shop.example.com, b@shop.example.com, c@shop.example.com or 4 more, {UNTIL}",
    ),
    ({"starts_on": date(2027, 1, 1)}, f"{BRIGHTMAIL} {ANY}, from 1 Jan 2027 {UNTIL}"),
    ({"principals": (PARTNER, OTHER)}, f"{BRIGHTMAIL} and account 7777-8888-9999 {ANY}, {UNTIL}"),
    ({"principals": (f"{ROLE}/mailer",)}, f"The role mailer of {BRIGHTMAIL} {ANY}, {UNTIL}"),
    (
        {"principals": tuple(f"{ROLE}/mailer-{n}" for n in range(6))},
        f"The roles mailer-0, mailer-1, mailer-2 and 3 more of {BRIGHTMAIL} {ANY}, {UNTIL}",
    ),
    (
        {"principals": (f"{ROLE}/mailer", f"arn:aws:iam::{OTHER}:user/post")},
        f"The role mailer of {BRIGHTMAIL} and the user post of account 7777-8888-9999 {ANY}, {UNTIL}",
    ),
    (
        {"principals": (f"arn:aws:sts::{PARTNER}:assumed-role/mailer/night",)},
        f"The session night of the role mailer of {BRIGHTMAIL} {ANY}, {UNTIL}",
    ),
    ({"principals": ("o-harbour",)}, f"Every account of Harbour (organization o-harbour) {ANY}, {UNTIL}"),
    ({"principals": ("o-other",)}, f"Every account of o-other {ANY}, {UNTIL}"),
    ({"principals": ("*",)}, f"Anyone with an AWS account {ANY}, {UNTIL}"),
    (PINNED, f"The AWS service {SERVICE}, acting for {BRIGHTMAIL}, {ANY}, {UNTIL}"),
    (
        {"actions": ("ses:SendEmail", "ses:PutIdentityPolicy")},
        f"{BRIGHTMAIL} {ANY} and possibly change who may send as it, {UNTIL}",
    ),
    (
        {"actions": ("ses:PutIdentityPolicy",)},
        f"{BRIGHTMAIL} can possibly change who may send as it (shop.example.com), {UNTIL}",
    ),
]


@pytest.mark.parametrize(("given", "sentence"), SENTENCES)
def test_terms_are_a_sentence(given, sentence):
    assert said(**given) == sentence


def test_an_address_is_sent_as_itself():
    arn = "arn:aws:ses:eu-west-1:111111111111:identity/news@example.com"
    assert (
        said(identity_name="news@example.com", identity_arn=arn)
        == f"{BRIGHTMAIL} can send as news@example.com, {UNTIL}"
    )


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-eusc"])
def test_the_partition_changes_nothing_in_the_words(partition):
    arn = f"arn:{partition}:ses:x-west-1:111111111111:identity/shop.example.com"
    role = f"arn:{partition}:iam::{PARTNER}:role/mailer"
    sentence = said(identity_arn=arn, principals=(role,))
    assert sentence.startswith(f"The role mailer of {BRIGHTMAIL} {ANY}")


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(2026, 12, 31), f"{BRIGHTMAIL} {ANY}, from 1 Jan 2027 {UNTIL}"),
        (date(2027, 1, 1), f"{BRIGHTMAIL} {ANY}, {UNTIL}"),
        (date(2027, 3, 31), f"{BRIGHTMAIL} {ANY}, {UNTIL}"),
        (date(2027, 4, 1), f"{BRIGHTMAIL} could send as any address at shop.example.com, {UNTIL}"),
    ],
)
def test_a_day_decides_what_is_ahead_and_what_is_past(on, sentence):
    assert said(starts_on=date(2027, 1, 1), on=on) == sentence


def test_who_is_let_in_can_be_said_alone():
    services = (PinnedService("a.amazonaws.com", PARTNER), PinnedService("b.amazonaws.com", PARTNER))
    party = terms_party(terms(principals=(OTHER,), services=services), names=NAMES)
    assert party == (
        f"account 7777-8888-9999, the AWS service a.amazonaws.com, acting for {BRIGHTMAIL}, "
        f"and the AWS service b.amazonaws.com, acting for {BRIGHTMAIL}"
    )

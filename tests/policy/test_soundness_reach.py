"""Policies beside the labelled ones, each with the reach that the facts give it, and all promises held."""

from typing import Any

import pytest

from tests.policy.counterexamples import allow, deny, policy
from tests.policy.generators.callers import POPULATIONS
from tests.policy.generators.constants import constants_of
from tests.policy.generators.dice import SeededDice
from tests.policy.generators.requests import request_of
from tests.policy.generators.world import COLLEAGUE, OURS, OWNER, PARTNER, UNKNOWN
from tests.policy.soundness import analysis_of, judge

_CASES: list[tuple[str, list[dict[str, Any]]]] = [
    ("network", [allow(Condition={"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}})]),
    ("public", [allow(Condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}})]),
    ("network", [allow(Condition={"IpAddress": {"aws:SourceIp": "9.0.0.0/8"}})]),
    ("public", [allow(Condition={"IpAddress": {"aws:SourceIp": ["8.0.0.0/8", "9.0.0.0/8"]}})]),
    ("public", [allow(Condition={"NotIpAddressIfExists": {"aws:SourceIp": "0.0.0.0/0"}})]),
    ("account", [allow(Principal={"AWS": UNKNOWN})]),
    ("account", [allow(Principal={"AWS": PARTNER}, Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})]),
    (
        "organization",
        [
            allow(
                Condition={
                    "StringEquals": {"aws:PrincipalOrgID": OURS},
                    "IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
                }
            )
        ],
    ),
    ("undetermined", [allow(Condition={"StringEquals": {"aws:PrincipalOrgID": []}})]),
    ("inert", [allow(Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})]),
    ("public", [allow(Condition={"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})]),
    (
        "account",
        [allow(Principal={"AWS": PARTNER}, Condition={"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})],
    ),
    (
        "inert",
        [
            allow(
                Condition={
                    "DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
                    "DateLessThan": {"aws:CurrentTime": "2029-01-01T00:00:00Z"},
                }
            )
        ],
    ),
    ("inert", [allow(), deny()]),
    ("public", [allow(Action="ses:*"), deny(Action="ses:SendEmail")]),
    ("public", [allow(), deny(Condition={"Bool": {"aws:SecureTransport": "false"}})]),
    ("account", [allow(), deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": PARTNER}})]),
    ("account", [allow(), deny(NotPrincipal={"AWS": PARTNER})]),
    (
        "service",
        [
            allow(
                Principal={"Service": "ses.amazonaws.com"},
                Condition={
                    "StringEquals": {"aws:SourceAccount": OWNER},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:ses:us-east-1:{OWNER}:*"},
                },
            )
        ],
    ),
    (
        "service_unpinned",
        [
            allow(
                Principal={"Service": "ses.amazonaws.com"},
                Condition={"StringEqualsIfExists": {"aws:SourceAccount": OWNER}},
            )
        ],
    ),
    (
        "service",
        [allow(Principal={"Service": "ses.amazonaws.com"}, Condition={"StringEquals": {"aws:SourceOrgID": OURS}})],
    ),
    (
        "service_unpinned",
        [
            allow(
                Principal={"Service": "ses.amazonaws.com"},
                Condition={"StringLike": {"aws:SourceArn": f"arn:aws:*:{OWNER}*"}},
            )
        ],
    ),
    (
        "service_unpinned",
        [
            allow(
                Principal={"Service": "ses.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:cognito-idp:us-east-1:*:userpool/{OWNER}"}},
            )
        ],
    ),
    ("self", [allow(Principal={"AWS": OWNER})]),
    ("self", [allow(Condition={"StringEquals": {"aws:PrincipalAccount": OWNER}})]),
    ("self", [allow(Condition={"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}})]),
    ("principal", [allow(Principal={"AWS": f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/run"})]),
    ("principal", [allow(Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/Mailer"}})]),
    ("account", [allow(Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/app-*"}})]),
    ("public", [allow(Condition={"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{PARTNER}-*"}})]),
    (
        "inert",
        [allow(Condition={"StringEquals": {"aws:PrincipalArn": f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/run"}})],
    ),
    ("inert", [allow(Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:sts::{PARTNER}:assumed-role/Mailer/*"}})]),
    ("public", [allow(Condition={"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*"}})]),
    ("dangling", [allow(Principal={"AWS": ["AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE"]})]),
    ("account", [allow(Principal={"AWS": ["AIDACKCEVSQ6C2EXAMPLE", PARTNER]})]),
    ("public", [allow(Condition={"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": f"{OURS}/*"}})]),
    (
        "organization",
        [
            allow(
                Condition={
                    "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": f"{OURS}/*"},
                    "Null": {"aws:PrincipalOrgPaths": "false"},
                }
            )
        ],
    ),
    ("inert", [allow(Condition={"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": f"{OURS}/*"}})]),
    ("undetermined", [allow(Condition={"StringLike": {"aws:PrincipalOrgPaths": f"{OURS}/*"}})]),
    (
        "organization",
        [allow(Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{OURS}/r-ab12/ou-ab12-11111111/*"}})],
    ),
    ("undetermined", [allow(Condition={"StringMatches": {"aws:PrincipalOrgID": OURS}})]),
    ("undetermined", [allow(Principal={"Federated": "accounts.example.com"})]),
    ("public", [allow(NotPrincipal={"AWS": f"arn:aws:iam::{PARTNER}:root"})]),
    ("public", [allow(Condition={"StringEquals": {"aws:UserAgent": "secret"}})]),
    ("public", [allow(Condition={"StringEquals": {"aws:Referer": "x"}})]),
    ("public", [allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})]),
    ("public", [allow(Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}})]),
    ("network", [allow(Condition={"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}})]),
    (
        "inert",
        [
            allow(
                Condition={
                    "StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"},
                    "IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
                }
            )
        ],
    ),
    ("public", [allow(Condition={"StringEqualsIfExists": {"aws:SourceVpce": "vpce-0a1b2c3d"}})]),
    (
        "network",
        [
            allow(
                Condition={
                    "StringEqualsIfExists": {"aws:SourceVpce": "vpce-0a1b2c3d"},
                    "IpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"},
                }
            )
        ],
    ),
    ("inert", [allow(Resource="arn:aws:ses:us-east-1:438120957764:identity/other.example")]),
    ("public", [allow(Resource="*")]),
    (
        "inert",
        [allow(Condition={"Null": {"aws:PrincipalOrgID": "true"}, "StringEquals": {"aws:PrincipalOrgID": OURS}})],
    ),
    ("public", [allow(Condition={"Null": {"aws:SourceAccount": "true"}})]),
    ("service_unpinned", [allow(Condition={"Null": {"aws:SourceAccount": "false"}})]),
    ("inert", [allow(Principal={"AWS": PARTNER}, Condition={"StringEquals": {"aws:SourceAccount": PARTNER}})]),
    ("account", [allow(Principal={"AWS": PARTNER}, Condition={"StringEqualsIfExists": {"aws:SourceAccount": OWNER}})]),
    ("inert", [allow(Principal={"AWS": PARTNER}, Condition={"StringEquals": {"aws:PrincipalAccount": COLLEAGUE}})]),
    (
        "principal",
        [
            allow(
                Principal={"AWS": PARTNER},
                Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:user/ann"}},
            )
        ],
    ),
    ("organization", [allow(Condition={"StringEqualsIgnoreCase": {"aws:PrincipalOrgID": OURS.upper()}})]),
    ("account", [allow(Condition={"StringLike": {"aws:userid": f"{PARTNER}:*"}})]),
    ("public", [allow(Condition={"StringLike": {"aws:PrincipalAccount": "7*"}})]),
    ("public", [allow(Principal={"AWS": "arn:aws:iam::*:root"})]),
    ("account", [allow(Principal={"AWS": f"arn:aws:iam::{PARTNER}:role/*"})]),
    ("public", [allow(Action="ses:sendemail"), deny(Condition={"StringEquals": {"aws:PrincipalAccount": PARTNER}})]),
    ("public", [allow(), deny(Condition={"StringNotLike": {"ses:FromAddress": "*@news.example"}})]),
    ("public", [allow(Condition={"NumericLessThan": {"aws:EpochTime": "1798761599"}})]),
    ("inert", [allow(Condition={"NumericLessThan": {"aws:EpochTime": "1577836800"}})]),
]


def _requests(documents: dict[str, Any]) -> list[Any]:
    dice, constants = SeededDice(1), constants_of(documents)
    return [request_of(dice, name, documents, constants) for name in POPULATIONS for _ in range(2)]


@pytest.mark.parametrize(("reach", "statements"), _CASES, ids=range(len(_CASES)))
def test_reach(reach: str, statements: list[dict[str, Any]]) -> None:
    documents = policy(*statements)
    assert analysis_of(documents).widest == reach, [each.get("Condition") for each in statements]
    assert judge(documents, _requests(documents)) == []

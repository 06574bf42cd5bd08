"""The grammar of conditions: operators, keys, and the values policies write for them."""

from dataclasses import dataclass

from tests.policy.generators.world import ACCOUNTS, COLLEAGUE, DOMAIN, ORGANIZATIONS, OURS, OWNER, PARTNER, SERVICES

STRINGS = (
    "StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
)  # fmt: skip
ARNS = ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")
NETWORKS = ("IpAddress", "NotIpAddress")
_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NUMBERS = tuple(f"Numeric{order}" for order in _ORDERS)
DATES = tuple(f"Date{order}" for order in _ORDERS)
BOOLS = ("Bool",)
NULLS = ("Null",)
OPERATORS = (*STRINGS, *ARNS, *NETWORKS, *NUMBERS, *DATES, *BOOLS, "BinaryEquals", *NULLS)


@dataclass(frozen=True)
class KeyShape:
    """A condition key as policies use it. ``weight`` is how often, ``multivalued`` whether it holds a set."""

    name: str
    operators: tuple[str, ...]
    values: tuple[str, ...]
    weight: int = 2
    multivalued: bool = False


_ROLE = f"arn:aws:iam::{PARTNER}:role/Mailer"
_TIMES = (
    "2020-01-01T00:00:00Z", "2026-11-22T12:00:00Z", "2026-12-31T23:59:59Z", "2027-06-01", "2099-01-01T00:00:00+02:00",
    "2026-11-22T14:00:00+02:00", "2026-11-22T12:00:01Z", "2026-11-23T00:00:00", "2030",
)  # fmt: skip
_RANGES = (
    "198.51.100.0/24", "198.51.100.7", "203.0.113.0/28", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "9.0.0.0/8",
    "8.0.0.0/7", "::/0", "2001:db8::/32", "2001:db8:7::/48", "2001::/16",
    "198.51.100.128/25", "198.51.0.0/16", "52.0.0.0/9", "52.128.0.0/9", "2600::/31", "10.0.0.0/8",
)  # fmt: skip
_ADDRESSES = (
    f"*@{DOMAIN}", f"billing@{DOMAIN}", f"news@{DOMAIN}", "*", "*admin*", f"*@mail.{DOMAIN}", f"*+x@{DOMAIN}",
    f"?ews@{DOMAIN}", "news@other.example", f"*@*.{DOMAIN}",
)  # fmt: skip

KEYS = (
    KeyShape("aws:PrincipalOrgID", STRINGS, (*ORGANIZATIONS, "o-*", "*", "${aws:ResourceOrgID}", f"{OURS}*",
        "${aws:PrincipalOrgID}", "${aws:SourceOrgID}"), 8),
    KeyShape(
        "aws:PrincipalOrgPaths", STRINGS,
        (f"{OURS}/*", f"{OURS}/r-ab12/ou-ab12-11111111/*", "*/r-ab12/ou-ab12-11111111/*", "o-*", "*",
         f"{OURS}/r-ab12/", "${aws:PrincipalOrgID}/*", "${aws:ResourceOrgID}/*", f"{OURS}/*/ou-ab12-11111111/*"),
        7, multivalued=True,
    ),
    KeyShape(
        "aws:PrincipalAccount", STRINGS, (*ACCOUNTS, "*", "77*", f"{PARTNER[:11]}?", "${aws:PrincipalAccount}",
        "${aws:ResourceAccount}"), 7,
    ),
    KeyShape(
        "aws:PrincipalArn", (*ARNS, *STRINGS),
        (_ROLE, f"arn:aws:iam::{PARTNER}:role/*", "arn:aws:iam::*:role/Mailer", f"arn:aws:iam::{PARTNER}:root",
         f"*{PARTNER}*", f"*:{PARTNER}:*", f"arn:aws:iam::{COLLEAGUE}:user/ann", "arn:*:iam::*:role/*/Mailer", "*",
         f"arn:aws:iam::{PARTNER}:role/app-*", f"arn:aws:iam::*{PARTNER[6:]}:role/*",
         "arn:aws:iam::${aws:PrincipalAccount}:role/Mailer", f"*:{PARTNER}:role/Mailer",
         f"arn:*:iam::*{PARTNER}:role/Mailer", f"arn:aws:iam::{PARTNER}:role/*:Mailer", "arn:aws:iam::*:root",
         "${aws:PrincipalArn}", f"arn:aws:iam::{PARTNER}:*", f"arn:aws:iam::{PARTNER}:role/team/*",
         f"arn:aws:sts::{PARTNER}:federated-user/bob"),
        8,
    ),
    KeyShape(
        "aws:userid", STRINGS,
        ("AROAPARTNERMAILER0001:*", "AROAPARTNERMAILER0001:run", "*:run", "AIDACOLLEAGUEANN00001", "*",
         f"{PARTNER}:bob", f"{PARTNER}*", "AROA*", "AIDAEXAMPLE", "AROAEXAMPLEID:*",
         "*:*", "AROAEXAMPLEID:run", "AROAEXAMPLE*"), 5,
    ),
    KeyShape("aws:username", STRINGS, ("ann", "a*", "${aws:PrincipalTag/team}"), 1),
    KeyShape("aws:PrincipalType", STRINGS, ("User", "AssumedRole", "Account", "*"), 1),
    KeyShape(
        "aws:PrincipalTag/team", STRINGS,
        ("mail", "${aws:PrincipalAccount}", "${aws:username, 'mail'}", "m*", "\u00e9quipe", "?\u00fc*", ""), 3,
    ),
    KeyShape("aws:PrincipalIsAWSService", (*BOOLS, *STRINGS), ("true", "false"), 3),
    KeyShape("aws:SourceAccount", STRINGS, (*ACCOUNTS, "*", "4381*", "${aws:ResourceAccount}",
        "${aws:PrincipalAccount}", "${aws:SourceAccount}"), 6),
    KeyShape(
        "aws:SourceArn", (*ARNS, *STRINGS),
        (f"arn:aws:cognito-idp:*:{OWNER}:userpool/*", "*", "arn:aws:cognito-idp:*:*:userpool/*", f"*{OWNER}*",
         f"arn:aws:ses:us-east-1:{PARTNER}:x/y", "arn:aws:ses:*:${aws:SourceAccount}:x/*",
         f"arn:aws:*:*:{OWNER}:*", "arn:aws:s3:::bucket", "arn:aws:s3:::our-*"), 5,
    ),
    KeyShape("aws:SourceOrgID", STRINGS, (*ORGANIZATIONS, "o-*", "${aws:ResourceOrgID}"), 3),
    KeyShape("aws:SourceOrgPaths", STRINGS, (f"{OURS}/*", "*"), 1, multivalued=True),
    KeyShape("aws:PrincipalServiceName", STRINGS, (*SERVICES, "*.amazonaws.com"), 1),
    KeyShape("aws:SourceIp", NETWORKS, _RANGES, 7),
    KeyShape("aws:VpcSourceIp", NETWORKS, ("10.0.0.0/8", "10.1.2.3", "0.0.0.0/0"), 2),
    KeyShape("aws:SourceVpc", STRINGS, ("vpc-0a1b2c3d", "vpc-*", "*"), 3),
    KeyShape("aws:SourceVpce", STRINGS, ("vpce-0a1b2c3d", "vpce-*", "vpce-1?"), 3),
    KeyShape("aws:ResourceAccount", STRINGS, (OWNER, PARTNER), 2),
    KeyShape("aws:ResourceOrgID", STRINGS, (OURS, ORGANIZATIONS[1], "*"), 2),
    KeyShape("aws:RequestedRegion", STRINGS, ("us-east-1", "eu-west-1", "us-*"), 1),
    KeyShape("aws:ResourceTag/env", STRINGS, ("production",), 1),
    KeyShape("aws:SecureTransport", BOOLS, ("true", "false"), 3),
    KeyShape("aws:CurrentTime", DATES, _TIMES, 5),
    KeyShape("aws:EpochTime", (*NUMBERS, *DATES), ("1577836800", "1795348800", "1798761599", "4070908800"), 2),
    KeyShape("aws:TokenIssueTime", DATES, _TIMES, 1),
    KeyShape("aws:UserAgent", STRINGS, ("*Mailer*", "curl/*", f"{PARTNER}"), 1),
    KeyShape("aws:Referer", STRINGS, ("https://news.example/*",), 1),
    KeyShape("aws:MultiFactorAuthPresent", BOOLS, ("true", "false"), 1),
    KeyShape("aws:MultiFactorAuthAge", NUMBERS, ("3600", "0"), 1),
    KeyShape("aws:CalledVia", STRINGS, ("cloudformation.amazonaws.com", "*"), 1, multivalued=True),
    KeyShape("ses:ApiVersion", STRINGS, ("1", "2"), 1),
    KeyShape("ses:FromAddress", STRINGS, _ADDRESSES, 7),
    KeyShape("ses:FromDisplayName", STRINGS, ("Newsroom", "News*", "N\u00fcrnberg \u2709 news", "\u65b0\u805e*"), 2),
    KeyShape("ses:FeedbackAddress", STRINGS, (f"bounce@{DOMAIN}", "*"), 2),
    KeyShape("ses:Recipients", STRINGS, (f"*@{DOMAIN}", "ann@elsewhere.test", "*"), 4, multivalued=True),
    KeyShape("ses:TenantName", STRINGS, ("tenant-a",), 1),
    KeyShape("ses:RequireTLS", BOOLS, ("true", "false"), 2),
    KeyShape("ses:MessageSize", NUMBERS, ("10485760",), 1),
    KeyShape("custom:Unknown", (*STRINGS, *NUMBERS), ("x", "7"), 1),
    KeyShape("aws:ApprovalSeal", ("BinaryEquals",), ("QmluYXJ5",), 1),
)  # fmt: skip

CANONICAL = {key.name.lower(): key.name for key in KEYS}
WEIGHTED_KEYS = tuple(key for key in KEYS for _ in range(key.weight))

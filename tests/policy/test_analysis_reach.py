# ruff: noqa: E501 - one case a line
"""Reach and trust, trap by trap: who is let in by what a policy says, whatever it was meant to say."""

import time

import pytest

from inventory.policy.trust import Registry, Trust
from tests.policy.analysis_builders import (
    COLLEAGUE,
    FORMER,
    IDENTITY,
    OWNER,
    PARTNER,
    STRANGER,
    analysed,
    circles,
    deny,
    document,
    statement,
    when,
)

ANYONE = "public/unknown"
SERVICES = "service_unpinned/unknown"
OURS = "organization/organization"
NOBODY: frozenset[str] = frozenset()


def arn(account, resource="root", partition="aws", service="iam"):
    return f"arn:{partition}:{service}::{account}:{resource}"


def aws(*values):
    return statement(Principal={"AWS": list(values)})


# Over direct calls: (what, statements, reach/trust of everybody let in).
DIRECT = [
    # Principals.
    ("account id", [aws(COLLEAGUE)], {"account/organization"}),
    ("partner by root", [aws(arn(PARTNER))], {"account/partner"}),
    ("former", [aws(FORMER)], {"account/former"}),
    ("stranger", [aws(STRANGER)], {"account/unknown"}),
    ("placeholder", [aws("123456789012")], {"account/placeholder"}),
    ("another placeholder", [aws(arn("111122223333", "role/x"))], {"principal/placeholder"}),
    ("own root", [aws(arn(OWNER))], {"self/own"}),
    ("own and partner", [aws(OWNER, PARTNER)], {"self/own", "account/partner"}),
    ("mixed trust", [aws(COLLEAGUE, PARTNER, STRANGER)], {"account/organization", "account/partner", "account/unknown"}),
    ("role", [aws(arn(PARTNER, "role/path/Mailer"))], {"principal/partner"}),
    ("user", [aws(arn(STRANGER, "user/bob"))], {"principal/unknown"}),
    ("session", [aws(arn(PARTNER, "assumed-role/R/s", service="sts"))], {"principal/partner"}),
    ("federated user", [aws(arn(PARTNER, "federated-user/f", service="sts"))], {"principal/partner"}),
    ("account and role of it", [aws(PARTNER, arn(PARTNER, "role/R"))], {"account/partner"}),
    ("star in a list", [aws(PARTNER, "*")], {ANYONE}),
    ("wildcard role", [aws(arn(PARTNER, "role/*"))], {"account/partner"}),
    ("wildcard account", [aws("arn:aws:iam::*:root")], {ANYONE}),
    ("wildcard digits", [aws("2222*")], {ANYONE}),
    ("federated principal", [statement(Principal={"Federated": "idp.example"})], {"undetermined/unknown"}),
    ("canonical user", [statement(Principal={"CanonicalUser": "a" * 64})], {"undetermined/unknown"}),
    ("eleven digits", [aws("22222222222")], {"undetermined/unknown"}),
    ("group", [aws(arn(PARTNER, "group/g"))], {"undetermined/unknown"}),
    ("deleted and live", [aws("AIDACKCEVSQ6C2EXAMPLE", PARTNER)], {"account/partner"}),
    ("other partition", [aws(arn(PARTNER, partition="aws-us-gov"))], NOBODY),
    ("NotPrincipal", [statement(NotPrincipal={"AWS": COLLEAGUE})], {ANYONE}),
    ("NotPrincipal star", [statement(NotPrincipal={"AWS": "*"})], NOBODY),
    (
        "NotPrincipal with organization",
        [statement(NotPrincipal={"AWS": COLLEAGUE}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-ours"}})],
        {OURS},
    ),
    # Accounts in conditions.
    ("own account", [when(StringEquals={"aws:PrincipalAccount": OWNER})], {"self/own"}),
    ("account by variable", [when(StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"})], {"self/own"}),
    ("two accounts", [when(StringEquals={"aws:PrincipalAccount": [PARTNER, STRANGER]})], {"account/partner", "account/unknown"}),
    ("contradicting accounts", [aws(PARTNER) | {"Condition": {"StringEquals": {"aws:PrincipalAccount": COLLEAGUE}}}], NOBODY),
    ("one wildcard digit", [when(StringLike={"aws:PrincipalAccount": "22222222222?"})], {ANYONE}),
    ("thirteen digits", [when(StringEquals={"aws:PrincipalAccount": "2222222222222"})], NOBODY),
    ("account ignoring case", [when(StringEqualsIgnoreCase={"aws:PrincipalAccount": PARTNER})], {"account/partner"}),
    ("numeric account", [when(NumericEquals={"aws:PrincipalAccount": PARTNER})], {"account/partner"}),
    ("key in another case", [when(StringEquals={"AWS:principalACCOUNT": PARTNER})], {"account/partner"}),
    ("account if exists", [when(StringEqualsIfExists={"aws:PrincipalAccount": PARTNER})], {ANYONE}),
    ("account for all", [when(ForAllValues__StringEquals={"aws:PrincipalAccount": PARTNER})], {ANYONE}),
    ("account for any", [when(ForAnyValue__StringEquals={"aws:PrincipalAccount": PARTNER})], {"account/partner"}),
    ("not one account", [when(StringNotEquals={"aws:PrincipalAccount": PARTNER})], {ANYONE}),
    # ARNs in conditions.
    ("role of one account", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER, "role/app-*")})], {"account/partner"}),
    ("one role", [when(ArnEquals={"aws:PrincipalArn": arn(PARTNER, "role/app")})], {"principal/partner"}),
    ("role anywhere", [when(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/app"})], {ANYONE}),
    ("embedded account", [when(StringLike={"aws:PrincipalArn": f"*{PARTNER}*"})], {ANYONE}),
    ("embedded in the path", [when(StringLike={"aws:PrincipalArn": f"*:{PARTNER}:role/Admin"})], {ANYONE}),
    ("account field by ArnLike", [when(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:*"})], {"account/partner"}),
    ("short ArnLike pattern", [when(ArnLike={"aws:PrincipalArn": f"*{PARTNER}*"})], {"undetermined/unknown"}),
    ("root user", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER)})], {"principal/partner"}),
    ("wildcard in StringEquals", [when(StringEquals={"aws:PrincipalArn": arn(PARTNER, "role/*")})], NOBODY),
    ("wildcard in ArnEquals", [when(ArnEquals={"aws:PrincipalArn": arn(PARTNER, "role/*")})], {"account/partner"}),
    ("session in PrincipalArn", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER, "assumed-role/R/*", service="sts")})], NOBODY),
    ("ARN with variable account", [when(ArnLike={"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/x"})], {ANYONE}),
    ("ARN of the owner by variable", [when(ArnLike={"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:role/x"})], {"self/own"}),
    ("GovCloud ARN on aws", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER, "role/*", "aws-us-gov")})], NOBODY),
    ("ARN and account disagree", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER, "role/*")}, StringEquals={"aws:PrincipalAccount": COLLEAGUE})], NOBODY),
    ("ARN and wildcard account agree", [when(ArnLike={"aws:PrincipalArn": arn(PARTNER, "role/*")}, StringLike={"aws:PrincipalAccount": "3*"})], {"account/partner"}),
    ("ARN ignoring case", [when(StringEqualsIgnoreCase={"aws:PrincipalArn": arn(PARTNER, "role/APP")})], {"principal/partner"}),
    # Unique ids and names.
    ("role id", [when(StringLike={"aws:userid": "AROAEXAMPLE:*"})], {"principal/unknown"}),
    ("role id and session", [when(StringEquals={"aws:userid": "AROAEXAMPLE:deploy"})], {"principal/unknown"}),
    ("short user id", [when(StringEquals={"aws:userid": "AIDAABC"})], {"principal/unknown"}),
    ("any session name", [when(StringLike={"aws:userid": "*:deploy"})], {ANYONE}),
    ("any role id", [when(StringLike={"aws:userid": "AROA*"})], {ANYONE}),
    ("id embedded in a session", [when(StringLike={"aws:userid": "*AROAEXAMPLE*"})], {ANYONE}),
    ("star literal in userid", [when(StringEquals={"aws:userid": "AROAEXAMPLE:*"})], NOBODY),
    ("root userid", [when(StringEquals={"aws:userid": PARTNER})], {"principal/partner"}),
    ("federated userid", [when(StringEquals={"aws:userid": f"{PARTNER}:bob"})], {"principal/partner"}),
    ("any federated userid of one account", [when(StringLike={"aws:userid": f"{PARTNER}:*"})], {"account/partner"}),
    ("userid in one account", [aws(PARTNER) | {"Condition": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}}], {"principal/partner"}),
    ("user name", [when(StringEquals={"aws:username": "bob"})], {ANYONE}),
    ("user name in one account", [aws(PARTNER) | {"Condition": {"StringEquals": {"aws:username": "bob"}}}], {"principal/partner"}),
    ("principal type", [when(StringEquals={"aws:PrincipalType": "User"})], {ANYONE}),
    ("principal type nobody has", [when(StringEquals={"aws:PrincipalType": "Robot"})], NOBODY),
    ("tag", [when(StringEquals={"aws:PrincipalTag/team": "mail"})], {ANYONE}),
    ("empty tag", [when(StringEquals={"aws:PrincipalTag/team": ""})], {ANYONE}),
    ("tag equal to the account", [when(StringEquals={"aws:PrincipalTag/owner": "${aws:PrincipalAccount}"})], {ANYONE}),
    ("two values for one tag", [when(StringEquals={"aws:PrincipalTag/a": "x"}, StringLike={"aws:PrincipalTag/a": "y*"})], NOBODY),
    # Organizations.
    ("organization", [when(StringEquals={"aws:PrincipalOrgID": "o-ours"})], {OURS}),
    ("two organizations", [when(StringEquals={"aws:PrincipalOrgID": ["o-ours", "o-other"]})], {OURS, "organization/unknown"}),
    ("partner's organization", [when(StringEquals={"aws:PrincipalOrgID": "o-partner"})], {"organization/partner"}),
    ("organization by variable", [when(StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"})], {OURS}),
    ("organization prefix", [when(StringLike={"aws:PrincipalOrgID": "o-our*"})], {ANYONE}),
    ("path", [when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-ours/r-ab12/ou-ab12-11111111/*"})], {OURS}),
    ("path without a slash", [when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-ours*"})], {ANYONE}),
    ("path for all", [when(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-ours/*"})], {ANYONE}),
    ("path for all, guarded", [when(ForAllValues__StringLike={"aws:PrincipalOrgPaths": "o-ours/*"}, Null={"aws:PrincipalOrgPaths": "false"})], {OURS}),
    ("path without set operator", [when(StringLike={"aws:PrincipalOrgPaths": "o-ours/*"})], {"undetermined/unknown"}),
    ("path and id disagree", [when(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-ours/*"}, StringEquals={"aws:PrincipalOrgID": "o-other"})], NOBODY),
    ("no organization", [when(Null={"aws:PrincipalOrgID": "true"})], {ANYONE}),
    ("organization guarded twice", [when(StringEqualsIfExists={"aws:PrincipalOrgID": "o-ours"}, Null={"aws:PrincipalOrgID": "false"})], {OURS}),
    ("unknown account in our organization", [aws(STRANGER) | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ours"}}}], {"account/organization"}),
    # Networks.
    ("range", [when(IpAddress={"aws:SourceIp": "198.51.100.0/24"})], {"network/unknown"}),
    ("split in halves", [when(IpAddress={"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]})], {ANYONE}),
    ("a /8", [when(IpAddress={"aws:SourceIp": "12.0.0.0/8"})], {"network/unknown"}),
    ("two halves of a /7", [when(IpAddress={"aws:SourceIp": ["12.0.0.0/8", "13.0.0.0/8"]})], {ANYONE}),
    ("a /7", [when(IpAddress={"aws:SourceIp": "12.0.0.0/7"})], {ANYONE}),
    ("many separate /8", [when(IpAddress={"aws:SourceIp": [f"{n}.0.0.0/8" for n in range(1, 100, 4)]})], {ANYONE}),
    ("IPv6 /32", [when(IpAddress={"aws:SourceIp": "2001:db8::/32"})], {"network/unknown"}),
    ("IPv6 /31", [when(IpAddress={"aws:SourceIp": "2001:db8::/31"})], {ANYONE}),
    ("all IPv6", [when(IpAddress={"aws:SourceIp": "::/0"})], {ANYONE}),
    ("all but all IPv4", [when(NotIpAddress={"aws:SourceIp": "0.0.0.0/0"})], {ANYONE}),
    ("range minus itself", [when(IpAddress={"aws:SourceIp": "198.51.100.0/24"}, NotIpAddress={"aws:SourceIp": "198.51.100.0/23"})], NOBODY),
    ("two ranges that meet", [when(IpAddress={"aws:SourceIp": "198.51.100.0/24"}, IpAddressIfExists={"aws:SourceIp": "198.51.0.0/16"})], {"network/unknown"}),
    ("unreadable range", [when(IpAddress={"aws:SourceIp": "198.51.100.0/240"})], {"undetermined/unknown"}),
    ("address as text", [when(StringEquals={"aws:SourceIp": "198.51.100.7"})], {"network/unknown"}),
    ("account from a range", [aws(PARTNER) | {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}], {"account/partner"}),
    ("organization from a range", [when(StringEquals={"aws:PrincipalOrgID": "o-ours"}, IpAddress={"aws:SourceIp": "198.51.100.0/24"})], {OURS}),
    ("endpoint over direct calls", [when(StringEquals={"aws:SourceVpce": "vpce-0a1b2c3d"})], NOBODY),
    # Resource-side keys, transport, nonsense.
    ("own resource account", [when(StringEquals={"aws:ResourceAccount": OWNER})], {ANYONE}),
    ("other resource account", [when(StringEquals={"aws:ResourceAccount": STRANGER})], NOBODY),
    ("other resource organization", [when(StringEquals={"aws:ResourceOrgID": "o-other"})], NOBODY),
    ("own region", [when(StringEquals={"aws:RequestedRegion": "us-east-1"})], {ANYONE}),
    ("other region", [when(StringEquals={"aws:RequestedRegion": "eu-west-1"})], NOBODY),
    ("resource tag", [when(StringEquals={"aws:ResourceTag/env": "prod"})], {ANYONE}),
    ("encrypted", [when(Bool={"aws:SecureTransport": "true"})], {ANYONE}),
    ("encrypted and not", [when(Bool={"aws:SecureTransport": ["true", "false"]})], {ANYONE}),
    ("encrypted against not", [when(Bool={"aws:SecureTransport": "true"}, BoolIfExists={"aws:SecureTransport": "false"})], NOBODY),
    ("second factor", [when(Bool={"aws:MultiFactorAuthPresent": "true"})], {ANYONE}),
    ("user agent", [when(StringLike={"aws:UserAgent": "*vendor*"})], {ANYONE}),
    ("service only", [when(Bool={"aws:PrincipalIsAWSService": "true"})], NOBODY),
    ("key that does not exist", [when(Bool={"ses:RequireTLS": "true"})], NOBODY),
    ("absent key that does not exist", [when(Null={"ses:RequireTLS": "true"})], {ANYONE}),
    ("size if exists", [when(NumericLessThanIfExists={"ses:MessageSize": "1"})], {ANYONE}),
    ("unknown key", [when(StringEquals={"aws:PrincipalOrg": "o-ours"})], {"undetermined/unknown"}),
    ("unknown key, pinned account", [aws(PARTNER) | {"Condition": {"StringEquals": {"aws:Nonsense": "x"}}}], {"undetermined/unknown"}),
    ("unknown key, own account", [aws(OWNER) | {"Condition": {"StringEquals": {"aws:Nonsense": "x"}}}], {"self/own"}),
    ("unknown key, impossible beside", [when(StringEquals={"aws:Nonsense": "x"}, Bool={"ses:RequireTLS": "true"})], NOBODY),
    ("unknown operator", [when(StringMatches={"aws:PrincipalOrgID": "o-ours"})], {"undetermined/unknown"}),
    ("operator in another case", [when(stringequals={"aws:PrincipalOrgID": "o-ours"})], {"undetermined/unknown"}),
    ("no values", [when(StringEquals={"aws:PrincipalOrgID": []})], {"undetermined/unknown"}),
    ("unreadable bool", [when(Bool={"aws:SecureTransport": "yes"})], {"undetermined/unknown"}),
    ("unclosed variable", [when(StringEquals={"aws:PrincipalTag/a": "${aws:username"})], {"undetermined/unknown"}),
    ("unknown variable", [when(StringEquals={"aws:PrincipalTag/a": "${aws:Nonsense}"})], {"undetermined/unknown"}),
    ("variable with default", [when(StringEquals={"aws:PrincipalAccount": f"${{aws:PrincipalTag/a, '{PARTNER}'}}"})], {ANYONE}),
    ("literal star variable", [when(StringLike={"aws:PrincipalOrgID": "o-ours${*}"})], NOBODY),
    # Source keys on direct calls.
    ("source account", [when(StringEquals={"aws:SourceAccount": PARTNER})], NOBODY),
    ("source account by the caller's", [when(StringEquals={"aws:SourceAccount": "${aws:PrincipalAccount}"})], NOBODY),
    ("organization by that of a source", [when(StringEquals={"aws:PrincipalOrgID": "${aws:SourceOrgID}"})], NOBODY),
    ("source account if exists", [when(StringEqualsIfExists={"aws:SourceAccount": PARTNER})], {ANYONE}),
    ("not a source account", [when(StringNotEquals={"aws:SourceAccount": PARTNER})], {ANYONE}),
    # Actions and resources.
    ("upper-case action", [statement(Action="SES:SENDEMAIL")], {ANYONE}),
    ("wildcard action", [statement(Action="ses:Send*")], {ANYONE}),
    ("NotAction", [statement(NotAction="s3:*")], {ANYONE}),
    ("no SES action", [statement(Action="s3:GetObject")], NOBODY),
    ("NotAction of all", [statement(NotAction="*")], NOBODY),
    ("star resource", [statement(Resource="*")], {ANYONE}),
    ("other resource", [statement(Resource=IDENTITY.replace("example.com", "other.com"))], NOBODY),
    ("resource in another case", [statement(Resource=IDENTITY.replace("example", "Example"))], {ANYONE}),
    ("NotResource of another", [statement(NotResource=IDENTITY.replace("example.com", "other.com"))], {ANYONE}),
    ("NotResource of itself", [statement(NotResource=IDENTITY)], NOBODY),
    # Content never changes reach, unless it cannot be.
    ("from-address", [when(StringLike={"ses:FromAddress": "news@example.com"})], {ANYONE}),
    ("contradicting from-addresses", [when(StringEquals={"ses:FromAddress": "a@example.com"}, StringLike={"ses:FromAddress": "b@*"})], NOBODY),
    ("recipients", [when(ForAllValues__StringLike={"ses:Recipients": "*@example.org"})], {ANYONE}),
    ("recipients without set operator", [when(StringLike={"ses:Recipients": "*@example.org"})], {"undetermined/unknown"}),
    ("from-address on bulk", [statement(Action="ses:SendBulkEmail", Condition={"StringLike": {"ses:FromAddress": "*"}})], NOBODY),
    ("negated from-address on bulk", [statement(Action="ses:SendBulkEmail", Condition={"StringNotLike": {"ses:FromAddress": "a*"}})], {ANYONE}),
    ("letters beyond ASCII", [when(StringEquals={"ses:FromAddress": "ü@example.com"})], {ANYONE}),
    # Time.
    ("in date", [when(DateLessThan={"aws:CurrentTime": "2027-01-01T00:00:00Z"})], {ANYONE}),
    ("expired", [when(DateLessThan={"aws:CurrentTime": "2026-11-22T12:00:00Z"})], NOBODY),
    ("last second", [when(DateLessThanEquals={"aws:CurrentTime": "2026-11-22T12:00:00Z"})], {ANYONE}),
    ("in future", [when(DateGreaterThan={"aws:CurrentTime": "2030-01-01"})], {ANYONE}),
    ("empty window", [when(DateGreaterThan={"aws:CurrentTime": "2030-01-01"}, DateLessThan={"aws:EpochTime": "1800000000"})], NOBODY),
    ("epoch as number", [when(NumericLessThan={"aws:EpochTime": "1000000000"})], NOBODY),
    ("unreadable date", [when(DateLessThan={"aws:CurrentTime": "tomorrow"})], {"undetermined/unknown"}),
    # Denies.
    ("all denied", [statement(), deny()], NOBODY),
    ("other action denied", [statement(), deny(Action="ses:SendRawEmail")], {ANYONE}),
    ("denied elsewhere", [statement(), deny(Resource=IDENTITY.replace("example.com", "other.com"))], {ANYONE}),
    ("AWS star denied", [statement(), deny(Principal={"AWS": "*"})], NOBODY),
    ("one account denied", [aws(PARTNER, STRANGER), deny(Principal={"AWS": STRANGER})], {"account/partner"}),
    ("one role denied", [aws(PARTNER), deny(Principal={"AWS": arn(PARTNER, "role/R")})], {"account/partner"}),
    ("another partition denied", [aws(PARTNER), deny(Principal={"AWS": arn(PARTNER, partition="aws-us-gov")})], {"account/partner"}),
    ("the only role denied", [aws(arn(PARTNER, "role/R")), deny(Principal={"AWS": arn(PARTNER, "role/R")})], NOBODY),
    ("one session of the role denied", [aws(arn(PARTNER, "role/R")), deny(Principal={"AWS": arn(PARTNER, "assumed-role/R/s", service="sts")})], {"principal/partner"}),
    ("NotPrincipal denied", [statement(), deny(Principal=None, NotPrincipal={"AWS": [PARTNER, OWNER]})], {"account/partner", "self/own"}),
    ("only one account left", [statement(), deny({"StringNotEquals": {"aws:PrincipalAccount": PARTNER}})], {"account/partner"}),
    ("organization or account left", [statement(), deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-ours", "aws:PrincipalAccount": STRANGER}})], {OURS, "account/unknown"}),
    ("organization if exists left", [statement(), deny({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-ours"}})], {OURS}),
    ("any-value path left", [statement(), deny({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-ours/*"}})], {ANYONE}),
    ("network left", [statement(), deny({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})], {"network/unknown"}),
    ("network or account left", [statement(), deny({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}, "StringNotEquals": {"aws:PrincipalAccount": PARTNER}})], {"network/unknown", "account/partner"}),
    ("two denies leave one role", [statement(), deny({"StringNotEquals": {"aws:PrincipalAccount": PARTNER}}), deny({"ArnNotLike": {"aws:PrincipalArn": arn(PARTNER, "role/R")}})], {"principal/partner"}),
    ("unencrypted denied", [statement(), deny({"Bool": {"aws:SecureTransport": "false"}})], {ANYONE}),
    ("nonexistent key denied", [statement(), deny({"Bool": {"ses:RequireTLS": "false"}})], {ANYONE}),
    ("nonexistent key not there denied", [statement(), deny({"Null": {"ses:RequireTLS": "true"}})], NOBODY),
    ("unknown key denied", [statement(), deny({"StringNotEquals": {"aws:Nonsense": "x"}})], {ANYONE}),
    ("doubtful operator denied", [statement(), deny({"StringNotMatches": {"aws:PrincipalOrgID": "o-ours"}})], {ANYONE}),
    ("denied until later", [statement(), deny({"DateLessThan": {"aws:CurrentTime": "2030-01-01"}})], {ANYONE}),
    ("denied from later on", [statement(), deny({"DateGreaterThan": {"aws:CurrentTime": "2030-01-01"}})], {ANYONE}),
    ("denied at all times", [statement(), deny({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}})], NOBODY),
    ("wildcard in a denied StringNotEquals", [statement(), deny({"StringNotEquals": {"aws:PrincipalArn": arn(PARTNER, "role/*")}})], NOBODY),
    ("denied by userid", [aws(PARTNER), deny({"StringNotLike": {"aws:userid": "AROAEXAMPLE:*"}})], {"principal/partner"}),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "expected"), [case[1:] for case in DIRECT], ids=[case[0] for case in DIRECT])
def test_who_is_let_in_by_direct_calls(statements, expected):
    assert circles(analysed(*statements), "direct") == expected


COGNITO = {"Service": "cognito-idp.amazonaws.com"}


def service(**conditions):
    return when(**conditions) | {"Principal": COGNITO}


SERVICE = [
    ("unpinned", [statement(Principal=COGNITO)], {SERVICES}),
    ("own account", [service(StringEquals={"aws:SourceAccount": OWNER})], {"service/own"}),
    ("own account by variable", [service(StringEquals={"aws:SourceAccount": "${aws:ResourceAccount}"})], {"service/own"}),
    ("unknown account", [service(StringEquals={"aws:SourceAccount": STRANGER})], {"service/unknown"}),
    ("account if exists", [service(StringEqualsIfExists={"aws:SourceAccount": OWNER})], {SERVICES}),
    ("any account", [service(StringLike={"aws:SourceAccount": "*"})], {SERVICES}),
    ("own pool", [service(ArnLike={"aws:SourceArn": f"arn:aws:cognito-idp:*:{OWNER}:userpool/*"})], {"service/own"}),
    ("any pool", [service(ArnLike={"aws:SourceArn": "arn:aws:cognito-idp:*:*:userpool/*"})], {SERVICES}),
    ("account embedded in the ARN", [service(StringLike={"aws:SourceArn": f"*:{OWNER}:*"})], {SERVICES}),
    ("one bucket", [service(ArnEquals={"aws:SourceArn": "arn:aws:s3:::bucket"})], {"service/unknown"}),
    ("buckets that begin so", [service(ArnLike={"aws:SourceArn": "arn:aws:s3:::buck*"})], {SERVICES}),
    ("organization", [service(StringEquals={"aws:SourceOrgID": "o-ours"})], {"service/organization"}),
    ("account and ARN disagree", [service(StringEquals={"aws:SourceAccount": OWNER}, ArnLike={"aws:SourceArn": f"arn:aws:x:*:{STRANGER}:*"})], NOBODY),
    ("principal key by a source", [service(StringLike={"aws:PrincipalOrgID": "${aws:SourceOrgID}"})], NOBODY),
    ("denied by a key never there", [statement(Principal=COGNITO), deny({"StringNotEquals": {"aws:PrincipalOrgID": "${aws:SourceOrgID}"}})], NOBODY),
    ("principal key on a service", [service(StringEquals={"aws:PrincipalAccount": OWNER})], NOBODY),
    ("star and its service", [when(StringEquals={"aws:PrincipalServiceName": "cognito-idp.amazonaws.com"})], {SERVICES}),
    ("AWS star", [statement(Principal={"AWS": "*"})], {SERVICES}),
    ("AWS star denied", [statement(), deny(Principal={"AWS": "*"})], {SERVICES}),
    ("everyone denied", [statement(), deny()], NOBODY),
    ("another source denied", [statement(Principal=COGNITO), deny({"StringNotEquals": {"aws:SourceAccount": OWNER}})], {"service/own"}),
    ("the service denied", [statement(Principal=COGNITO), deny(Principal=COGNITO)], NOBODY),
    ("another service denied", [statement(), deny(Principal=COGNITO)], {SERVICES}),
    ("only services", [when(Bool={"aws:PrincipalIsAWSService": "true"})], {SERVICES}),
    ("wildcard service", [statement(Principal={"Service": "*.amazonaws.com"})], {"undetermined/unknown"}),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "expected"), [case[1:] for case in SERVICE], ids=[case[0] for case in SERVICE])
def test_who_is_let_in_as_a_service(statements, expected):
    assert circles(analysed(*statements), "service") == expected


ENDPOINT = [
    ("endpoint", [when(StringEquals={"aws:SourceVpce": "vpce-0a1b2c3d"})], {"network/unknown"}),
    ("VPC", [when(StringEquals={"aws:SourceVpc": "vpc-0a1b2c3d"})], {"network/unknown"}),
    ("any VPC", [when(StringLike={"aws:SourceVpc": "vpc-*"})], {ANYONE}),
    ("literal star", [when(StringEquals={"aws:SourceVpc": "vpc-*"})], NOBODY),
    ("private range", [when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/16"})], {ANYONE}),
    ("private range of one VPC", [when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/16"}, StringEquals={"aws:SourceVpc": "vpc-1"})], {"network/unknown"}),
    ("public range", [when(IpAddress={"aws:SourceIp": "0.0.0.0/0"})], NOBODY),
    ("not a public range", [when(NotIpAddress={"aws:SourceIp": "0.0.0.0/0"})], {ANYONE}),
    ("public range if exists", [when(IpAddressIfExists={"aws:SourceIp": "198.51.100.0/24"})], {ANYONE}),
    ("partner's endpoint", [aws(PARTNER) | {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}], {"account/partner"}),
    ("other endpoints denied", [statement(), deny({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})], {"network/unknown"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in ENDPOINT], ids=[case[0] for case in ENDPOINT]
)
def test_who_is_let_in_through_a_vpc_endpoint(statements, expected):
    assert circles(analysed(*statements), "vpc_endpoint") == expected


def test_a_deny_in_another_policy_counts():
    policies = {"a": document(statement()), "b": document(deny())}
    assert circles(analysed(policies=policies)) == NOBODY


def test_one_policy_that_cannot_be_read_hides_no_other():
    analysis = analysed(policies={"bad": "{", "good": document(aws(PARTNER))})
    assert circles(analysis) == {"account/partner"}
    assert [problem.policy for problem in analysis.problems] == ["bad"]
    assert analysis.widest == "undetermined"


def test_old_versions_know_no_variables():
    own = when(StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"})
    assert circles(analysed(own, version="2008-10-17")) == NOBODY
    assert circles(analysed(own, version="2012-10-17")) == {OURS}


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-eusc"])
def test_another_partition_is_as_good_as_the_first(partition):
    identity = f"arn:{partition}:ses:us-gov-west-1:{OWNER}:identity/example.com"
    here = statement(Principal={"AWS": arn(PARTNER, "role/R", partition)}, Resource=identity)
    there = statement(Principal={"AWS": arn(PARTNER, "role/R")}, Resource=identity)
    anyone = when(ArnLike={"aws:PrincipalArn": f"arn:{partition}:iam::*:role/*"}) | {"Resource": identity}
    assert circles(analysed(here, identity_arn=identity)) == {"principal/partner"}
    assert circles(analysed(there, identity_arn=identity)) == NOBODY
    assert ANYONE in circles(analysed(anyone, identity_arn=identity))


def test_without_a_known_organization_the_owners_is_still_one():
    analysis = analysed(when(StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}), registry=Registry())
    assert {d.organizations for d in analysis.delegations} == {("${aws:ResourceOrgID}",)}


def test_a_stranger_is_no_account_that_is_registered():
    prefixed = when(StringLike={"aws:PrincipalAccount": "77*"})
    first = analysed(prefixed).delegations[0].witness
    assert first is not None
    assert first.caller.account is not None
    again = analysed(prefixed, registry=Registry(accounts={first.caller.account: Trust.PARTNER})).delegations[0].witness
    assert again is not None
    assert again.caller.account not in (None, first.caller.account)


def test_a_verdict_takes_no_longer_with_many_registered_accounts():
    registry = Registry(accounts={f"{300_000_000_000 + n * 7919}": Trust.ORGANIZATION for n in range(20_000)})
    start = time.process_time()
    found = analysed(when(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{PARTNER}:role/*"}), registry=registry)
    assert time.process_time() - start < 0.15
    assert found.widest == "account"

"""Counterexamples: every example that once broke a promise, by what it taught. None is ever taken out."""

from dataclasses import dataclass
from typing import Any

from inventory.policy.requests import Request
from tests.policy.generators.world import DOMAIN, FORMER, IDENTITY, OWNER, PARTNER, STRANGERS


@dataclass(frozen=True)
class Case:
    """``allowed`` is what the evaluator must answer to the request, where there is one."""

    name: str
    documents: dict[str, Any]
    request: Request | None = None
    allowed: bool = True


def allow(**elements: Any) -> dict[str, Any]:
    """An Allow of SendEmail to everybody, but for the elements given."""
    made = {"Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": IDENTITY, **elements}
    if "NotPrincipal" in elements:
        del made["Principal"]
    return made


def deny(**elements: Any) -> dict[str, Any]:
    """The same as a Deny."""
    return {**allow(**elements), "Effect": "Deny"}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """One policy named ``p``."""
    return {"p": {"Version": version, "Statement": list(statements)}}


def asked(
    caller: dict[str, Any], context: dict[str, Any], action: str = "ses:SendEmail", channel: str = "direct"
) -> Request:
    """A request of the identity that the examples share."""
    return Request.from_json(
        {"caller": caller, "action": action, "identity_arn": IDENTITY, "channel": channel, "context": context}
    )


def role(account: str, name: str = "fresh", organization: str | None = None) -> dict[str, Any]:
    """A session of a role."""
    return {
        "kind": "role_session",
        "account": account,
        "arn": f"arn:aws:iam::{account}:role/{name}",
        "session_arn": f"arn:aws:sts::{account}:assumed-role/{name.rpartition('/')[2]}/run",
        "userid": f"AROA{account}FRESH:run",
        "organization": organization,
    }


def carried(caller: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a direct call of SendEmail carries; ``aws__SourceIp`` stands for ``aws:SourceIp``."""
    plain = {
        "aws:CurrentTime": "2026-11-22T12:00:00Z",
        "aws:EpochTime": "1795348800",
        "aws:SecureTransport": "true",
        "aws:ResourceAccount": OWNER,
        "aws:SourceIp": "52.95.4.19",
        "aws:PrincipalArn": caller.get("arn"),
        "aws:PrincipalAccount": caller.get("account"),
        "aws:userid": caller.get("userid"),
        "ses:FromAddress": f"news@{DOMAIN}",
        "ses:Recipients": ["ann@elsewhere.test"],
    }
    named = {name.replace("__", ":"): value for name, value in more.items()}
    return {key: value for key, value in (plain | named).items() if value is not None}


STRANGER = role(STRANGERS[0])
_PARTNERS_ROLE = role(PARTNER, "Mailer")
_OWN_ROLE = role(OWNER, "Mailer")
_SERVICE = {"kind": "service", "service": "cognito-idp.amazonaws.com"}
_SERVICE_ONLY = {"Service": _SERVICE["service"]}
_PARTNERS_USER = {"kind": "user", "account": PARTNER, "arn": f"arn:aws:iam::{PARTNER}:user/bob", "userid": "AIDAFRESH"}
_MEMBER_OF_ANOTHER = role(STRANGERS[0], organization="o-zzzz1111")
_PATH = f"x:{PARTNER}:role/Mailer"


def _by_service(**more: Any) -> Request:
    return asked(_SERVICE, carried({}, aws__SourceIp=more.pop("aws__SourceIp", None), **more), channel="service")


def _by_endpoint(**more: Any) -> Request:
    """A stranger's call through an endpoint of a VPC."""
    places = {"aws__SourceVpc": "vpc-09f8e7d6c5b4a3021", "aws__SourceVpce": "vpce-09f8e7d6c5b4a3021"}
    return asked(STRANGER, carried(STRANGER, aws__SourceIp=None, **{**places, **more}), channel="vpc_endpoint")


CASES = (
    Case("a service that a Deny leaves out is not pinned with the others", policy(
        allow(), deny(NotPrincipal=_SERVICE_ONLY, Condition={"StringNotEquals": {"aws:SourceAccount": FORMER}})
    ), _by_service()),
    Case("a service comes through nobody's endpoint", policy(
        allow(Condition={"StringLike": {"aws:SourceVpce": "vpce-*"}, "IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
    ), _by_service(aws__SourceIp="52.95.4.19", aws__SourceVpce="vpce-0a1b2c3d"), allowed=False),
    Case("an address is no less there for a service", policy(
        allow(Principal={"Service": _SERVICE["service"]}, Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
    ), _by_service(aws__SourceIp="52.95.4.19")),
    Case("a region that the request does not tell is no other region", policy(
        allow(Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}})
    ), asked(STRANGER, carried(STRANGER))),
    Case("a witness leaves out the key that must be missing", policy(
        allow(Principal={"AWS": PARTNER}, Condition={"StringNotLikeIfExists": {"aws:RequestedRegion": "us-east-1"}})
    )),
    Case("an ARN with a wildcard is never a service", policy(
        allow(Principal={"AWS": "arn:aws:iam::*:role/Mailer"})
    ), _by_service(), allowed=False),
    Case("the start of an account id is never a service", policy(
        allow(Principal={"AWS": f"{PARTNER[:6]}*"})
    ), _by_service(), allowed=False),
    Case("an account of another partition is nobody here", policy(
        allow(Principal={"AWS": f"arn:aws-us-gov:iam::{PARTNER}:root"})
    ), asked(_PARTNERS_ROLE, carried(_PARTNERS_ROLE)), allowed=False),
    Case("a Deny of an account of another partition stops nobody here", policy(
        allow(Principal={"AWS": PARTNER}), deny(Principal={"AWS": f"arn:aws-us-gov:iam::{PARTNER}:root"})
    ), asked(_PARTNERS_ROLE, carried(_PARTNERS_ROLE))),
    Case("a bucket pins a service that tells no account", policy(
        allow(Condition={"ForAnyValue:ArnEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}})
    ), _by_service(aws__SourceArn="arn:aws:s3:::bucket")),
    Case("the value of a tag may be empty", policy(
        allow(Condition={"StringEquals": {"aws:PrincipalTag/team": ""}})
    ), asked(STRANGER, carried(STRANGER) | {"aws:PrincipalTag/team": ""})),
    Case("the id of a federated user is one principal", policy(
        allow(Condition={"StringLike": {"aws:userid": f"{PARTNER}:bob"}})
    )),
    Case("a user name fixes nobody without an account", policy(
        allow(Condition={"StringEquals": {"aws:username": "ann"}})
    )),
    Case("a path may quote an account", policy(
        allow(Condition={"StringLike": {"aws:PrincipalArn": f"*:{PARTNER}:role/Mailer"}})
    ), asked(role(STRANGERS[0], _PATH), carried(role(STRANGERS[0], _PATH)))),
    Case("a path may quote an account after a glob of the account", policy(
        allow(Condition={"StringLike": {"aws:PrincipalArn": f"arn:*:iam::*{PARTNER}:role/Mailer"}})
    ), asked(role(STRANGERS[0], _PATH), carried(role(STRANGERS[0], _PATH)))),
    Case("an ARN operator reads the account by itself", policy(
        allow(Condition={"ArnLike": {"aws:PrincipalArn": f"arn:*:iam::{PARTNER}:role/Mailer"}})
    ), asked(role(STRANGERS[0], _PATH), carried(role(STRANGERS[0], _PATH))), allowed=False),
    Case("a glob of fewer fields than an ARN cannot be read", policy(
        allow(), deny(Condition={"ArnNotEqualsIfExists": {"aws:SourceArn": f"*{OWNER}*"}})
    ), asked(STRANGER, carried(STRANGER))),
    Case("a Deny of several values without a set operator does not surely fire", policy(
        allow(), deny(Condition={"StringNotEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}})
    ), asked(STRANGER, carried(STRANGER))),
    Case("an operator for another type leaves a missing key missing", policy(
        allow(Condition={"DateEquals": {"aws:UserAgent": "2030-01-01"}})
    ), asked(STRANGER, carried(STRANGER)), allowed=False),
    Case("text compared with a date is open", policy(
        allow(Principal={"AWS": PARTNER}, Condition={"StringLike": {"aws:CurrentTime": "2030*"}})
    ), asked(_PARTNERS_ROLE, carried(_PARTNERS_ROLE))),
    Case("a date without a zone is in UTC", policy(
        allow(Condition={"DateLessThan": {"aws:CurrentTime": "2026-11-22T12:00:00"}})
    ), asked(STRANGER, carried(STRANGER)), allowed=False),
    Case("an IPv6 range broader than /32 is no limit", policy(
        allow(Condition={"IpAddressIfExists": {"aws:SourceIp": "2001::/16"}})
    ), asked(STRANGER, carried(STRANGER, aws__SourceIp="2001:db8:77::1"))),
    Case("a bucket is one resource without an account", policy(
        allow(), deny(Condition={"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}})
    ), _by_service(aws__SourceArn="arn:aws:s3:::bucket", aws__SourceAccount=STRANGERS[0])),
    Case("a whole account stays one with a network as limit", policy(
        allow(Principal={"AWS": PARTNER}, Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})
    ), asked(_PARTNERS_ROLE, carried(_PARTNERS_ROLE, aws__SourceIp="198.51.100.9"))),
    Case("a short unique id is still an id", policy(
        allow(Condition={"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}})
    )),
    Case("an operator for another type is in doubt where only an endpoint carries the key", policy(
        allow(Condition={"BinaryEquals": {"aws:SourceVpce": "vpce-1?"}})
    ), _by_endpoint(aws__SourceVpce="vpce-1x")),
    Case("an address of an endpoint is no ARN, and that is in doubt", policy(
        allow(Condition={"ArnLike": {"aws:VpcSourceIp": "10.0.0.0/8"}})
    ), _by_endpoint(aws__VpcSourceIp="9.255.255.255")),
    Case("an unreadable principal means at most the account its ARN names", policy(
        allow(Principal={"AWS": f"arn:aws:iam::{PARTNER}:group/x"}), deny(NotPrincipal={"AWS": OWNER})
    ), asked(_OWN_ROLE, carried(_OWN_ROLE)), allowed=False),
    Case("an ARN that names no account is not the owner's", policy(
        allow(Principal={"AWS": "arn:aws:s3:::bucket"}), deny(NotPrincipal={"AWS": OWNER})
    ), asked(_OWN_ROLE, carried(_OWN_ROLE)), allowed=False),
    Case("a request may lack what a variable stands for and carry what it is compared with", policy(
        allow(Principal={"AWS": OWNER}, Condition={
            "ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "${aws:PrincipalOrgID}/*"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-ab12-11111111/"},
        })
    ), asked(_OWN_ROLE, carried(_OWN_ROLE, aws__PrincipalOrgPaths=["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"]))),
    Case("NotPrincipal with a wildcard does not surely leave a whole account out", policy(
        allow(NotPrincipal={"AWS": f"arn:aws:iam::{PARTNER}:role/Mailer*"}),
        deny(NotPrincipal={"AWS": f"arn:aws:iam::{PARTNER}:user/bob"}),
    ), asked(_PARTNERS_USER, carried(_PARTNERS_USER))),
    Case("a caller may tag itself with its own organization", policy(
        allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org, 'o-none'}"}})
    ), asked(_MEMBER_OF_ANOTHER, carried(
        _MEMBER_OF_ANOTHER, aws__PrincipalOrgID="o-zzzz1111", **{"aws:PrincipalTag/org": "o-zzzz1111"}
    ))),
    Case("what a variable stands for may be nothing that Bool can read", policy(
        allow(Principal={"AWS": _PARTNERS_ROLE["arn"]}, Condition={
            "Bool": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}
        })
    ), asked(_PARTNERS_ROLE, carried(_PARTNERS_ROLE, aws__ResourceAccount=OWNER))),
)  # fmt: skip

"""The labelled cases against six callers: does the statement match?

X1 a stranger outside any organization, X2 one in another organization, X3 a stranger through an endpoint of their own,
K a role of account 222222222222 in our organization, S1 a service acting for a stranger, S2 one acting for our account.
"""

from inventory.policy.channels import Channel
from inventory.policy.requests import Caller, CallerKind, ContextValue, Request

IDENTITY = "arn:aws:ses:us-east-1:111111111111:identity/example.com"
CALLERS = ("X1", "X2", "X3", "K", "S1", "S2")

_ROWS = """
    P1  YYYYYY
    P2  YYYYYY
    P3  ---Y--
    P4  ---Y--
    P5  ---Y--
    P6  ------
    P7  ----YY
    P8  -----Y
    P9  YYY-YY
    C1  ---Y--
    C2  -Y-Y--
    C3  Y-YYYY
    C4  Y-YYYY
    C5  -Y-Y--
    C6  Y-YYYY
    C7  ---Y--
    C7b -Y-Y--
    C8  Y-YYYY
    C9  ---Y--
    C10 YYY-YY
    C11 YYYY--
    C12 ---Y--
    C13 YYYY--
    C14 ------
    C15 ------
    C16 ------
    C17 -----Y
    C18 YYYYYY
    C19 YYYY-Y
    C20 ----YY
    C21 -----Y
    C22 YY-Y--
    C23 ------
    C24 YYYYYY
    C25 ------
    C26 --Y---
    C27 --Y---
    C28 ------
    C29 YYYY--
    C30 YYYYYY
    C31 YYYYYY
    C32 ---Y--
    C33 YYYY--
    C34 YYYYYY
    C35 ----YY
    C36 YYYYYY
    C37 ------
    C38 ------
    C39 ------
    C40 YYYYYY
    C41 ------
    C42 Y-YY--
    C43 Y-----
    D1  ---Y--
    D2  ---Y--
    D3  Y-YYYY
    D4  ---Y--
    D5  -----Y
    D6  -Y-Y--
    D7  YYYYYY
    D8  YYYYYY
    D9  ------
"""

MATCHES: dict[str, dict[str, bool]] = {
    case: {caller: flag == "Y" for caller, flag in zip(CALLERS, flags, strict=True)}
    for case, flags in (row.split() for row in _ROWS.strip().splitlines())
}

_EVERY_CALL: dict[str, ContextValue] = {
    "aws:CurrentTime": "2026-11-22T12:00:00Z",
    "aws:EpochTime": "1795348800",
    "aws:SecureTransport": "true",
    "aws:ResourceAccount": "111111111111",
    "aws:ResourceOrgID": "o-ours",
    "ses:FromAddress": "news@example.com",
    "ses:FeedbackAddress": "news@example.com",
    "ses:Recipients": ("victim@elsewhere.test",),
}


def _signed(
    account: str, *, organization: str | None, path: str | None, channel: Channel, network: dict[str, ContextValue]
) -> Request:
    role = f"arn:aws:iam::{account}:role/Admin"
    userid = f"AROA{account}ROLE:sess"
    context: dict[str, ContextValue] = {
        **_EVERY_CALL,
        **network,
        "aws:PrincipalAccount": account,
        "aws:PrincipalArn": role,
        "aws:userid": userid,
        "aws:PrincipalIsAWSService": "false",
    }
    if organization is not None and path is not None:
        context |= {"aws:PrincipalOrgID": organization, "aws:PrincipalOrgPaths": (path,)}
    caller = Caller(
        kind=CallerKind.ROLE_SESSION,
        account=account,
        arn=role,
        session_arn=f"arn:aws:sts::{account}:assumed-role/Admin/sess",
        userid=userid,
        organization=organization,
        organization_paths=(path,) if path else (),
    )
    return Request(caller, "ses:SendEmail", IDENTITY, channel, context)


def _service(account: str) -> Request:
    context: dict[str, ContextValue] = {
        **_EVERY_CALL,
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:cognito-idp:us-east-1:{account}:userpool/us-east-1_pool",
        "aws:PrincipalIsAWSService": "true",
    }
    caller = Caller(kind=CallerKind.SERVICE, service="cognito-idp.amazonaws.com")
    return Request(caller, "ses:SendEmail", IDENTITY, Channel.SERVICE, context)


_ENDPOINT: dict[str, ContextValue] = {
    "aws:SourceVpc": "vpc-theirs",
    "aws:SourceVpce": "vpce-theirs",
    "aws:VpcSourceIp": "10.9.8.7",
}

REQUESTS: dict[str, Request] = {
    "X1": _signed(
        "999999999999", organization=None, path=None, channel=Channel.DIRECT,
        network={"aws:SourceIp": "203.0.113.9", "aws:PrincipalTag/team": "mail"},
    ),
    "X2": _signed(
        "888888888888", organization="o-evil", path="o-evil/r-1/ou-1/", channel=Channel.DIRECT,
        network={"aws:SourceIp": "203.0.113.8"},
    ),
    "X3": _signed("999999999999", organization=None, path=None, channel=Channel.VPC_ENDPOINT, network=_ENDPOINT),
    "K": _signed(
        "222222222222", organization="o-ours", path="o-ours/r-1/ou-1/", channel=Channel.DIRECT,
        network={"aws:SourceIp": "203.0.113.2"},
    ),
    "S1": _service("999999999999"),
    "S2": _service("111111111111"),
}  # fmt: skip

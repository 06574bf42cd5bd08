"""Condition words: one condition as a clause that completes "... can send as it, ..."."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from inventory.policy.keys import find_key
from inventory.policy.reading.instants import instant_of
from inventory.policy.reading.operators import Family, Operator, Quantifier, operator_of

_SUBJECTS = {
    "ses:FromAddress": "the from-address",
    "ses:FromDisplayName": "the sender's display name",
    "ses:FeedbackAddress": "the address for bounces",
    "ses:ApiVersion": "the version of the SES API",
    "ses:TenantName": "the tenant",
    "aws:SourceIp": "the caller's IP address",
    "aws:VpcSourceIp": "the caller's address inside its VPC",
    "aws:SourceVpc": "the VPC",
    "aws:SourceVpce": "the VPC endpoint",
    "aws:PrincipalAccount": "the caller's account",
    "aws:PrincipalArn": "the caller's ARN",
    "aws:PrincipalOrgID": "the caller's organization",
    "aws:PrincipalOrgPaths": "the caller's place in its organization",
    "aws:PrincipalType": "the kind of caller",
    "aws:userid": "the caller's unique id",
    "aws:username": "the caller's user name",
    "aws:SourceAccount": "the account that a service acts for",
    "aws:SourceArn": "the resource that a service acts for",
    "aws:SourceOrgID": "the organization that a service acts for",
    "aws:ResourceAccount": "the account of the identity itself",
    "aws:ResourceOrgID": "the organization of the identity itself",
    "aws:RequestedRegion": "the region of the call",
    "aws:CurrentTime": "the time",
    "aws:EpochTime": "the time",
    "aws:UserAgent": "the program that the caller says it uses",
    "aws:Referer": "the page that the caller says it comes from",
}
_TRUE = {
    "aws:SecureTransport": "as long as the connection is encrypted",
    "aws:MultiFactorAuthPresent": "only with a second factor",
    "aws:PrincipalIsAWSService": "only for AWS services",
    "aws:ViaAWSService": "only when an AWS service passes the call on",
}
_FALSE = {
    "aws:SecureTransport": "only where the connection is not encrypted",
    "aws:MultiFactorAuthPresent": "only without a second factor",
    "aws:PrincipalIsAWSService": "not for AWS services",
    "aws:ViaAWSService": "not when an AWS service passes the call on",
}
_COMPARED = {
    "LessThan": "below {}", "LessThanEquals": "at most {}", "GreaterThan": "above {}",
    "GreaterThanEquals": "at least {}",
}  # fmt: skip
_TIMED = {
    "LessThan": "until {}", "LessThanEquals": "until {}", "GreaterThan": "after {}", "GreaterThanEquals": "from {}",
}  # fmt: skip


def describe_condition(operator_name: str, key_name: str, values: Sequence[str]) -> str:
    """A clause such as ``only if the from-address is news@example.com``, for any operator and key."""
    operator, key = operator_of(operator_name), find_key(key_name)
    name = key.name if key is not None else key_name
    if operator is None:
        return f"under a condition that IAM does not know ({operator_name} on {name})"
    if operator.family is Family.NULL:
        return _presence(name, values)
    clause = _special(name, operator, values) or f"only if {subject_of(name)} {_relation(operator, values)}"
    return f"{clause}{_exception(operator, name)}"


def subject_of(name: str) -> str:
    """A key in words; tags by their name, unknown keys as written."""
    prefix, slash, rest = name.partition("/")
    tags = {
        "aws:principaltag": "the caller's tag",
        "aws:resourcetag": "the identity's tag",
        "aws:requesttag": "the new tag",
    }
    if slash and prefix.lower() in tags:
        return f"{tags[prefix.lower()]} {rest}"
    return _SUBJECTS.get(name, name)


def _presence(name: str, values: Sequence[str]) -> str:
    wanted = {value.lower() for value in values}
    if wanted == {"true"}:
        return f"only if the call does not carry {name}"
    return f"only if the call carries {name}" if wanted == {"false"} else f"whether or not the call carries {name}"


def _special(name: str, operator: Operator, values: Sequence[str]) -> str:
    if operator.family is Family.BOOL and len(values) == 1:
        return (_TRUE if values[0].lower() == "true" else _FALSE).get(name, "")
    if operator.family in (Family.DATE, Family.NUMERIC) and name in ("aws:CurrentTime", "aws:EpochTime"):
        return _time(operator, values)
    if name == "ses:Recipients":
        return _recipients(operator, values)
    if operator.family is Family.IP and name == "aws:SourceIp":
        return f"{'not ' if operator.is_negated else 'only '}from {listed(values, 'or')}"
    return ""


def _time(operator: Operator, values: Sequence[str]) -> str:
    template = _TIMED.get(operator.comparison)
    shown = [shown_instant(instant) if (instant := instant_of(value)) else value for value in values]
    return template.format(listed(shown, "or")) if template else ""


def _recipients(operator: Operator, values: Sequence[str]) -> str:
    who = listed(values, "or")
    if operator.quantifier is Quantifier.ANY:
        return f"only if one recipient at least is {'none of' if operator.is_negated else 'among'} {who}"
    return f"to no recipient among {who}" if operator.is_negated else f"only to {who}"


def _relation(operator: Operator, values: Sequence[str]) -> str:
    compared = _COMPARED.get(operator.comparison)
    if compared:
        return f"is {compared.format(listed(values, 'or'))}"
    like = "like " if any(set("*?") & set(value) for value in values) and operator.comparison == "Like" else ""
    return f"is {'not ' if operator.is_negated else ''}{like}{listed(values, 'or')}"


def _exception(operator: Operator, name: str) -> str:
    is_single = name not in ("ses:Recipients", "aws:PrincipalOrgPaths")
    if operator.if_exists or (operator.quantifier is Quantifier.ALL and is_single):
        return ", or if the call does not say"
    return ""


def listed(names: Iterable[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    every = list(names)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {word} {every[-1]}"


def shown_instant(instant: datetime) -> str:
    """``31 Dec 2026, 23:59 UTC``; midnight without the time."""
    local = instant.astimezone(UTC)
    day = shown_day(local)
    return day if (local.hour, local.minute, local.second) == (0, 0, 0) else f"{day}, {local:%H:%M} UTC"


def shown_day(day: date) -> str:
    """``31 Dec 2026``."""
    return f"{day.day} {day:%b %Y}"

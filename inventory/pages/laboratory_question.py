"""A request as people describe it: who calls, what, as whom, from where."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from inventory.policy.channels import Channel
from inventory.policy.keys import find_key
from inventory.policy.reading.instants import epoch, instant_of, iso
from inventory.policy.requests import Caller, CallerKind, ContextValue, Request

FIELDS = (
    "caller",
    "organization",
    "source_account",
    "channel",
    "action",
    "sender",
    "recipients",
    "source_ip",
    "at",
    "keys",
)
"""The members of a question; ``keys`` has one ``key = value`` per line."""

_ACCOUNT = re.compile(r"\d{12}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ARN = re.compile(r"arn:(?P<partition>[a-z0-9-]+):(?:iam|sts)::(?P<account>\d{12}):(?P<resource>.+)")
_SESSION, _UNIQUE = "laboratory", "EXAMPLEUNIQUEID00"
_DERIVED = {
    "aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:principalorgid", "aws:username",
    "aws:sourceaccount", "aws:sourceip", "aws:currenttime", "aws:epochtime", "aws:securetransport", "ses:fromaddress",
    "ses:recipients",
}  # fmt: skip
_TYPES = {
    CallerKind.ROLE_SESSION: "AssumedRole",
    CallerKind.USER: "User",
    CallerKind.ROOT_USER: "Account",
    CallerKind.FEDERATED_SESSION: "FederatedUser",
}


class QuestionError(ValueError):
    """A description that is no request; ``field`` is the member at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Question:
    """What was filled in, by the names in ``FIELDS``."""

    told: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.told.get(name, "").strip()

    @property
    def is_asked(self) -> bool:
        """Whether anybody is named to ask about."""
        return bool(self["caller"])

    def request(self, identity_arn: str, now: datetime) -> Request:
        """The request with every key that such a call carries. Raises :class:`QuestionError`."""
        caller = _caller(self["caller"], self["organization"])
        channel = _channel(self["channel"], caller)
        context: dict[str, ContextValue] = {
            **_clock(self["at"], now),
            "aws:SecureTransport": "true",
            **_keys_of(caller),
            **dict(self._message()),
            **dict(self._place(channel)),
            **_others(self["keys"]),
        }
        return Request(caller, self["action"] or "ses:SendEmail", identity_arn, channel, context)

    def _message(self) -> Iterator[tuple[str, ContextValue]]:
        if self["sender"]:
            yield "ses:FromAddress", self["sender"]
        recipients = tuple(each for each in re.split(r"[\s,;]+", self["recipients"]) if each)
        if recipients:
            yield "ses:Recipients", recipients

    def _place(self, channel: Channel) -> Iterator[tuple[str, ContextValue]]:
        if self["source_ip"]:
            yield "aws:VpcSourceIp" if channel is Channel.VPC_ENDPOINT else "aws:SourceIp", self["source_ip"]
        if channel is Channel.SERVICE and self["source_account"]:
            yield "aws:SourceAccount", self["source_account"]


def question_about(request: Request) -> Question:
    """The description that gives this request; the keys without a field of their own are listed."""
    caller = request.caller
    context = {key.lower(): value for key, value in request.context.items()}
    others = [f"{key} = {_text(value)}" for key, value in request.context.items() if key.lower() not in _DERIVED]
    if context.get("aws:securetransport") == "false":
        others.append("aws:SecureTransport = false")
    return Question(
        {
            "caller": caller.service or " ".join(filter(None, (caller.arn, _session_of(caller)))),
            "organization": caller.organization or "",
            "source_account": _text(context.get("aws:sourceaccount", "")),
            "channel": request.channel.value,
            "action": request.action,
            "sender": _text(context.get("ses:fromaddress", "")),
            "recipients": _text(context.get("ses:recipients", "")),
            "source_ip": _text(context.get("aws:sourceip", "")),
            "at": _text(context.get("aws:currenttime", "")).removesuffix("Z"),
            "keys": "\n".join(dict.fromkeys(others)),
        }
    )


def _session_of(caller: Caller) -> str:
    return (caller.session_arn or "").rpartition("/")[2]


def _text(value: ContextValue) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _caller(told: str, organization: str) -> Caller:
    text, _, session = told.partition(" ")
    if _ACCOUNT.fullmatch(text):
        text = f"arn:aws:iam::{text}:role/MailSender"
    found = _ARN.fullmatch(text)
    if found is None:
        if _SERVICE.fullmatch(text) and not text.startswith("arn:"):
            return Caller(CallerKind.SERVICE, service=text)
        raise QuestionError("caller", "An account id, the ARN of a role, user or session, or the name of a service.")
    return _signer(text, found, session.strip() or _SESSION, organization or None)


def _signer(arn: str, found: re.Match[str], session: str, organization: str | None) -> Caller:
    partition, account, resource = found["partition"], found["account"], found["resource"]
    kind, _, name = resource.partition("/")
    last = name.rpartition("/")[2]
    if resource == "root":
        return Caller(CallerKind.ROOT_USER, account, arn, userid=account, organization=organization)
    if kind == "user" and last:
        return Caller(CallerKind.USER, account, arn, userid=f"AIDA{_UNIQUE}", organization=organization)
    if kind == "federated-user" and last:
        userid = f"{account}:{last}"
        return Caller(CallerKind.FEDERATED_SESSION, account, arn, userid=userid, organization=organization)
    if kind in ("role", "assumed-role") and last:
        role, session = (last, session) if kind == "role" else (name.split("/")[0], last)
        role_arn = arn if kind == "role" else f"arn:{partition}:iam::{account}:role/{role}"
        session_arn = f"arn:{partition}:sts::{account}:assumed-role/{role}/{session}"
        userid = f"AROA{_UNIQUE}:{session}"
        return Caller(CallerKind.ROLE_SESSION, account, role_arn, session_arn, userid, organization)
    raise QuestionError("caller", f"{arn} is neither a role, a user, a session nor the root of an account.")


def _channel(text: str, caller: Caller) -> Channel:
    if caller.kind is CallerKind.SERVICE:
        return Channel.SERVICE
    return Channel.VPC_ENDPOINT if text == Channel.VPC_ENDPOINT.value else Channel.DIRECT


def _clock(text: str, now: datetime) -> dict[str, ContextValue]:
    instant = instant_of(text) if text else now.astimezone(UTC)
    if instant is None:
        raise QuestionError("at", f"{text} is no time; an example is 2027-03-31T23:59 (UTC).")
    return {"aws:CurrentTime": iso(instant), "aws:EpochTime": epoch(instant)}


def _keys_of(caller: Caller) -> dict[str, ContextValue]:
    if caller.kind is CallerKind.SERVICE:
        return {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": caller.service or ""}
    keys = {
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalArn": caller.arn,
        "aws:PrincipalType": _TYPES[caller.kind],
        "aws:userid": caller.userid,
        "aws:PrincipalOrgID": caller.organization,
        "aws:username": (caller.arn or "").rpartition("/")[2] if caller.kind is CallerKind.USER else None,
    }
    return {name: value for name, value in keys.items() if value}


def _others(text: str) -> dict[str, ContextValue]:
    found: dict[str, ContextValue] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not name:
            raise QuestionError("keys", f"{line!r} is not of the form key = value.")
        known = find_key(name)
        is_list = known is not None and known.is_multivalued
        values = tuple(each.strip() for each in value.split(",") if each.strip())
        found[known.name if known else name] = values if is_list else value
    return found

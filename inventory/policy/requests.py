"""Request: one concrete call to SES, with everything a policy can ask about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from inventory.policy.channels import Channel

ContextValue = str | tuple[str, ...]


class RequestError(ValueError):
    """The description of a request does not have the right form; the message names the member."""


class CallerKind(StrEnum):
    """What sort of identity signed the call."""

    ROLE_SESSION = "role_session"
    USER = "user"
    ROOT_USER = "root_user"
    FEDERATED_SESSION = "federated_session"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, whatever condition keys the request happens to carry.

    ``arn`` is the principal as ``aws:PrincipalArn`` would show it: the role (with its path) for a role session, the
    user, ``...:root`` for the root user, the ``federated-user`` ARN for a federated session. ``session_arn`` is the
    ``assumed-role`` ARN of a role session, else ``None``. ``userid`` is ``aws:userid``. A service has only ``service``
    (its service principal): account, arn and userid are ``None``.
    """

    kind: CallerKind
    account: str | None = None
    arn: str | None = None
    session_arn: str | None = None
    userid: str | None = None
    organization: str | None = None
    organization_paths: tuple[str, ...] = ()
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One call: ``action`` as ``ses:SendEmail``, ``context`` the condition keys present, by their canonical name.

    A key that is not in ``context`` is missing from the request, principal keys included: nothing is added to it when
    it is evaluated. Values are text; a key with several values is a tuple. Instants are ISO 8601 in UTC with ``Z``
    (``aws:EpochTime``: seconds), booleans ``true`` or ``false``.
    """

    caller: Caller
    action: str
    identity_arn: str
    channel: Channel
    context: Mapping[str, ContextValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready mapping, the form of ``--request FILE`` and of a witness, without the empty members."""
        caller: dict[str, Any] = {"kind": self.caller.kind.value}
        for name in ("account", "arn", "session_arn", "userid", "organization", "service"):
            if (value := getattr(self.caller, name)) is not None:
                caller[name] = value
        if self.caller.organization_paths:
            caller["organization_paths"] = list(self.caller.organization_paths)
        return {
            "caller": caller,
            "action": self.action,
            "identity_arn": self.identity_arn,
            "channel": self.channel.value,
            "context": {key: list(v) if isinstance(v, tuple) else v for key, v in sorted(self.context.items())},
        }

    @classmethod
    def from_json(cls, data: object) -> "Request":
        """Read what :meth:`to_json` wrote; raises ``RequestError`` that names the member at fault."""
        members = _mapping(data, "request")
        unknown = sorted(set(members) - {"caller", "action", "identity_arn", "channel", "context"})
        if unknown:
            raise RequestError(f"request has an unknown member: {unknown[0]}")
        try:
            channel = Channel(members.get("channel", Channel.DIRECT.value))
        except ValueError:
            raise RequestError(f"request.channel must be one of {', '.join(Channel)}") from None
        return cls(
            caller=_caller(members.get("caller")),
            action=_text(members.get("action"), "request.action"),
            identity_arn=_text(members.get("identity_arn"), "request.identity_arn"),
            channel=channel,
            context={
                key: _context_value(value, f"request.context.{key}")
                for key, value in _mapping(members.get("context", {}), "request.context").items()
            },
        )


def _caller(data: object) -> Caller:
    members = _mapping(data, "request.caller")
    known = {"kind", "account", "arn", "session_arn", "userid", "organization", "organization_paths", "service"}
    unknown = sorted(set(members) - known)
    if unknown:
        raise RequestError(f"request.caller has an unknown member: {unknown[0]}")
    try:
        kind = CallerKind(members.get("kind", ""))
    except ValueError:
        raise RequestError(f"request.caller.kind must be one of {', '.join(CallerKind)}") from None
    texts = {
        name: _text(members[name], f"request.caller.{name}")
        for name in ("account", "arn", "session_arn", "userid", "organization", "service")
        if members.get(name) is not None
    }
    paths = members.get("organization_paths") or []
    if not isinstance(paths, list | tuple):
        raise RequestError("request.caller.organization_paths must be a list")
    return Caller(
        kind=kind,
        organization_paths=tuple(_text(path, "request.caller.organization_paths") for path in paths),
        **texts,
    )


def _mapping(data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise RequestError(f"{where} must be an object")
    return data


def _text(data: object, where: str) -> str:
    if not isinstance(data, str) or not data:
        raise RequestError(f"{where} must be text")
    return data


def _context_value(data: object, where: str) -> ContextValue:
    if isinstance(data, list):
        return tuple(_scalar(item, where) for item in data)
    return _scalar(data, where)


def _scalar(data: object, where: str) -> str:
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, str | int | float):
        return str(data)
    raise RequestError(f"{where} must be text or a list of text")

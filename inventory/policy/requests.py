"""Request: one concrete call that the identity policies either allow or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from inventory.policy.delegations import Channel

ContextValue = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signs the request.

    ``kind``: ``root`` (the root user), ``user``, ``role`` (a session of a role), ``federated_user`` or ``service``.
    ``arn`` is what ``aws:PrincipalArn`` carries (for a session the role's ARN); for a service its name, e.g.
    ``cognito-idp.amazonaws.com``. ``session_arn`` is the assumed-role ARN of a session, else ``None``. ``account`` and
    ``userid`` are empty for a service. ``organization`` is the caller's ``o-...`` id, ``None`` outside of any.
    """

    kind: str
    account: str
    arn: str
    session_arn: str | None = None
    userid: str = ""
    organization: str | None = None
    organization_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One call. ``identity_arn`` is the identity it names as its source; ``action`` as AWS spells it, ``ses:SendEmail``.

    ``context`` holds the condition keys present in the request: a single-valued key has a text, a multivalued key a
    tuple of texts. A key that is not there is absent; nothing is filled in.
    """

    caller: Caller
    action: str
    identity_arn: str
    channel: Channel
    context: Mapping[str, ContextValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``json.dumps``; :meth:`from_json` reads them back."""
        caller = {name: getattr(self.caller, name) for name in Caller.__slots__}
        caller["organization_paths"] = list(self.caller.organization_paths)
        return {
            "caller": caller,
            "action": self.action,
            "identity_arn": self.identity_arn,
            "channel": self.channel.value,
            "context": {key: value if isinstance(value, str) else list(value) for key, value in self.context.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The request that :meth:`to_json` wrote. Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else."""
        caller = dict(data["caller"])
        caller["organization_paths"] = tuple(caller.get("organization_paths", ()))
        return cls(
            caller=Caller(**caller),
            action=str(data["action"]),
            identity_arn=str(data["identity_arn"]),
            channel=Channel(data.get("channel", Channel.DIRECT)),
            context={key: _value(value) for key, value in dict(data.get("context", {})).items()},
        )


def _value(value: Any) -> ContextValue:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return str(value)

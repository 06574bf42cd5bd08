"""Sentences: what a delegation, a statement and a condition mean, in the words of an identity's owner."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from inventory.policy.account_ids import grouped_account_id
from inventory.policy.channels import Channel
from inventory.policy.circles.admission import OWN_ORGANIZATION
from inventory.policy.delegations import Analysis, Delegation, Limit
from inventory.policy.reach import Reach
from inventory.policy.words.conditions import describe_condition, listed, shown_instant

__all__ = [
    "DEEDS",
    "Names",
    "describe",
    "describe_analysis",
    "describe_condition",
    "describe_limit",
    "describe_statement",
    "raised",
    "shown_account",
    "shown_principal",
    "shown_resource",
]

Names = Mapping[str, str]

# What the actions of a class let somebody do, after "can".
DEEDS = {
    "send-limited": "send test, bounce and verification messages",
    "policy-admin": "possibly change who may send as it",
    "identity-admin": "possibly change or delete the identity itself",
    "template": "change templates",
    "configuration-set": "change configuration sets",
    "account": "change account settings",
    "tenant": "change tenants",
    "contacts": "change contacts",
    "receipt": "change receipt rules",
    "tagging": "change its tags",
    "mailmanager-write": "change Mail Manager",
    "mailmanager-read": "read Mail Manager",
    "read": "read about it",
    "other": "use actions that SES does not list",
}


def shown_account(account: str, names: Names) -> str:
    """``Brightmail (account 4444-5555-6666)``, or ``account 4444-5555-6666`` where it has no name."""
    grouped = f"account {grouped_account_id(account)}"
    name = names.get(account)
    return f"{name} ({grouped})" if name else grouped


def describe(delegation: Delegation, identity_name: str, names: Names) -> str:
    """One sentence: who can do what as the identity, from where and until when.

    ``names`` maps account ids to the names that people know.
    """
    reason = delegation.reason.rstrip(".")
    if delegation.reach is Reach.INERT:
        return f"Lets nobody in. {reason}." if reason else "Lets nobody in."
    if delegation.reach is Reach.DANGLING:
        return f"Lets nobody in: {listed(delegation.principals)} was deleted."
    sentence = f"{raised(_who(delegation, names))} can {_what(delegation, identity_name)}{_limits(delegation)}"
    if delegation.reach is Reach.UNDETERMINED:
        sentence += f". It cannot be said for certain: {_lowered(reason)}" if reason else ""
    return f"{sentence}."


def describe_statement(analysis: Analysis, policy: str, statement: int, names: Names) -> list[str]:
    """The sentences of one statement, each said once; a VPC endpoint is mentioned only where it differs."""
    own = [d for d in analysis.delegations if (d.policy, d.statement) == (policy, statement)]
    return _each_once(own, analysis.identity_arn, names)


def describe_analysis(analysis: Analysis, names: Names) -> list[str]:
    """The sentences of everything that lets somebody in, the widest first, each said once."""
    live = [d for d in analysis.delegations if d.reach not in (Reach.INERT, Reach.DANGLING)]
    return _each_once(sorted(live, key=_order), analysis.identity_arn, names)


def describe_limit(limit: Limit) -> str:
    """A limit as a clause: ``only from the address news@example.com``."""
    return describe_condition(limit.operator, limit.key, limit.values)


def _order(delegation: Delegation) -> tuple[int, int]:
    return (delegation.trust.rank if delegation.trust is not None else 9, delegation.reach.rank)


def _each_once(delegations: Iterable[Delegation], identity_arn: str, names: Names) -> list[str]:
    identity_name = identity_arn.partition(":identity/")[2] or identity_arn
    said: dict[str, None] = {}
    for delegation in delegations:
        sentence = describe(delegation, identity_name, names)
        if delegation.channel is Channel.VPC_ENDPOINT and sentence.replace(_THROUGH_ENDPOINT, "") in said:
            continue
        said.setdefault(sentence)
    return list(said)


# Who.


def _who(delegation: Delegation, names: Names) -> str:
    said = _WHO.get(delegation.reach)
    return said(delegation, names) if said else "anyone with an AWS account"


def _accounts(delegation: Delegation, names: Names) -> str:
    return listed([shown_account(account, names) for account in delegation.accounts])


def _members(delegation: Delegation, _names: Names) -> str:
    return f"every account of {_organizations(delegation.organizations)}"


def _principals(delegation: Delegation, names: Names) -> str:
    named = [shown_principal(principal, names) for principal in delegation.principals]
    return listed(named) or _accounts(delegation, names)


def _organizations(organizations: Sequence[str]) -> str:
    own = "the identity's own organization"
    return listed([own if each == OWN_ORGANIZATION else f"organization {each}" for each in organizations])


def _self(delegation: Delegation, names: Names) -> str:
    return _principals(delegation, names) if delegation.principals else f"the owner's own {_accounts(delegation, {})}"


def shown_principal(principal: str, names: Names) -> str:
    """One role, user or session: ``the role mailer of Brightmail (account 4444-5555-6666)``."""
    fields = principal.split(":", 5)
    if len(fields) < 6:
        return (
            f"the user with the id {principal}" if principal.startswith("AIDA") else f"the role with the id {principal}"
        )
    return f"{shown_resource(fields[5])} of {shown_account(fields[4], names)}"


def shown_resource(resource: str) -> str:
    """What an ARN names in its account: ``the role mailer``."""
    if resource == "root":
        return "the root user"
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        return f"the session {session} of the role {role}"
    return f"the {_KINDS.get(kind, kind)} {name}"


_KINDS = {"federated-user": "federated user"}


def _service(delegation: Delegation, names: Names) -> str:
    named = [service for service in delegation.services if service != "*"]
    service = f"the AWS service {listed(named)}" if named else "any AWS service"
    if delegation.reach is Reach.SERVICE_UNPINNED:
        return f"{service}, on behalf of any of its customers,"
    parts = [_accounts(delegation, names), _organizations(delegation.organizations), listed(delegation.principals)]
    return f"{service}, acting for {' or for '.join(part for part in parts if part)},"


_WHO: dict[Reach, Callable[[Delegation, Names], str]] = {
    Reach.ORGANIZATION: _members,
    Reach.ACCOUNT: _accounts,
    Reach.PRINCIPAL: _principals,
    Reach.SELF: _self,
    Reach.SERVICE: _service,
    Reach.SERVICE_UNPINNED: _service,
    Reach.UNDETERMINED: lambda _delegation, _names: "somebody, possibly anyone with an AWS account,",
}


# What.


def _what(delegation: Delegation, identity_name: str) -> str:
    classes = [name for name in delegation.action_classes if name != "send"]
    deeds = [_send(delegation, identity_name)] if delegation.can_send else []
    spoken = classes if len(deeds) + len(classes) <= 4 else [c for c in classes if c in _GRAVE]
    deeds += [DEEDS.get(name, f"use {name} actions") for name in spoken]
    if len(spoken) < len(classes):
        deeds.append(f"use {_count(delegation)} SES actions in all")
    if not deeds:
        return "do nothing"
    sentence = listed(deeds)
    return sentence if delegation.can_send else f"{sentence} ({identity_name})"


_GRAVE = ("send-limited", "policy-admin", "identity-admin")


def _count(delegation: Delegation) -> str:
    return f"{len(delegation.actions)}"


def _send(delegation: Delegation, identity_name: str) -> str:
    sender = next((_sender(limit) for limit in _effective(delegation, "from_address") if _sender(limit)), "")
    if sender:
        return f"send as {sender}"
    return f"send as {identity_name}" if "@" in identity_name else f"send as any address at {identity_name}"


def _sender(limit: Limit) -> str:
    if "Not" in limit.operator:
        return ""
    return listed(limit.values, "or")


# Within which limits.


def _effective(delegation: Delegation, *kinds: str) -> list[Limit]:
    return [limit for limit in delegation.limits if limit.kind in kinds and limit.is_effective]


_THROUGH_ENDPOINT = ", through a VPC endpoint"


def _limits(delegation: Delegation) -> str:
    clauses = [
        f", {describe_limit(limit)}"
        for limit in delegation.limits
        if limit.is_effective and limit.kind != "time" and not (limit.kind == "from_address" and _sender(limit))
    ]
    if delegation.channel is Channel.VPC_ENDPOINT:
        clauses.append(_THROUGH_ENDPOINT)
    clauses += _window(delegation.starts_at, delegation.ends_at)
    return "".join(dict.fromkeys(clauses))


def _window(starts_at: datetime | None, ends_at: datetime | None) -> list[str]:
    return [
        *([f", from {shown_instant(starts_at)}"] if starts_at else []),
        *([f", until {shown_instant(ends_at)}"] if ends_at else []),
    ]


def raised(text: str) -> str:
    """The text with a capital letter; a name that opens it stays as it is written."""
    opening, is_account, _ = text.partition(" (account ")
    if is_account and opening.partition(" ")[0] not in _OPENERS:
        return text
    return text[:1].upper() + text[1:]


_OPENERS = frozenset({"the", "any", "account"})


def _lowered(text: str) -> str:
    first = text.partition(" ")[0]
    return text if first[:1] == "'" or ":" in first or first.isupper() else text[:1].lower() + text[1:]

"""Coverage: whether the terms of a grant cover what a delegation lets others do.

Wherever it cannot be shown that they do, the delegation counts as wider.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import product

from inventory.policy.account_ids import grouped_account_id
from inventory.policy.channels import Channel
from inventory.policy.delegations import Delegation
from inventory.policy.grants.containment import is_text_within, ranges_within
from inventory.policy.grants.narrowings import narrowings, requires
from inventory.policy.grants.terms import GrantTerms, sends_mail
from inventory.policy.reach import Reach
from inventory.policy.search.networks import range_of
from inventory.policy.words.conditions import shown_day, shown_instant

FROM_ADDRESS, RECIPIENTS, SOURCE_IP = "ses:FromAddress", "ses:Recipients", "aws:SourceIp"


class Axis(StrEnum):
    """In what a delegation is wider than the terms."""

    WHO = "who"
    ACTIONS = "actions"
    FROM = "from"
    RECIPIENTS = "recipients"
    NETWORK = "network"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference, as a sentence."""

    axis: Axis
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """Everything that the delegation admits lies inside the terms."""


@dataclass(frozen=True, slots=True)
class Wider:
    """The delegation admits, or may admit, more than the terms."""

    reasons: tuple[Reason, ...]

    @property
    def is_only_in_time(self) -> bool:
        """Whether, while the grant is valid, nothing more is admitted than it says."""
        return all(reason.axis in (Axis.START, Axis.END) for reason in self.reasons)


def covers(terms: GrantTerms, delegation: Delegation, *, at: datetime | None = None) -> Match | Wider:
    """Compare a delegation of the terms' identity with the terms.

    ``at`` is the instant of the analysis: what was before it no longer matters. Without it a delegation that has no
    start is wider than terms that have one. Whom nobody admits, any terms cover.
    """
    if delegation.reach in (Reach.INERT, Reach.DANGLING):
        return Match()
    reasons = (
        *_who(terms, delegation),
        *_actions(terms, delegation),
        *_content(terms, delegation),
        *_network(terms, delegation),
        *_time(terms, delegation, at),
    )
    return Wider(reasons) if reasons else Match()


def parts_of(delegation: Delegation) -> tuple[Delegation, ...]:
    """One delegation for each account, organization, principal or pinned service: each may have a grant of its own."""
    if delegation.reach is Reach.ACCOUNT:
        return tuple(replace(delegation, accounts=(each,)) for each in delegation.accounts)
    if delegation.reach is Reach.ORGANIZATION:
        return tuple(replace(delegation, organizations=(each,)) for each in delegation.organizations)
    if delegation.reach is Reach.PRINCIPAL:
        return tuple(replace(delegation, principals=(each,)) for each in delegation.principals)
    if delegation.reach is Reach.SERVICE and not delegation.organizations and not delegation.principals:
        pairs = product(delegation.services, delegation.accounts)
        return tuple(replace(delegation, services=(service,), accounts=(account,)) for service, account in pairs)
    return (delegation,)


def _who(terms: GrantTerms, delegation: Delegation) -> Iterator[Reason]:
    for text in _who_else(terms, delegation):
        yield Reason(Axis.WHO, f"{text}; the grant is for {_named(terms)}")


def _who_else(terms: GrantTerms, delegation: Delegation) -> Iterator[str]:
    if delegation.reach is Reach.UNDETERMINED:
        yield f"nobody can tell who is let in ({delegation.reason})"
    elif terms.means_anyone:
        return
    elif delegation.channel is Channel.SERVICE:
        yield from _services_beyond(terms, delegation)
    elif delegation.reach is Reach.PUBLIC:
        yield "anyone with an AWS account is let in"
    elif delegation.reach is Reach.NETWORK:
        yield "anyone with an AWS account is let in from certain networks"
    elif delegation.reach is Reach.ORGANIZATION:
        beyond = [each for each in delegation.organizations if each not in terms.organizations]
        yield from (f"every account of the organization {each} is let in" for each in beyond)
    elif delegation.reach is Reach.PRINCIPAL:
        beyond = [each for each in delegation.principals if not _is_named(terms, each)]
        yield from (f"{each} is let in" for each in beyond)
    else:
        beyond = [each for each in delegation.accounts if each not in terms.accounts]
        yield from (f"the whole account {grouped_account_id(each)} is let in" for each in beyond)


def _services_beyond(terms: GrantTerms, delegation: Delegation) -> Iterator[str]:
    for service in delegation.services or ("*",):
        name = "any AWS service" if service == "*" else service
        if delegation.reach is not Reach.SERVICE:
            yield f"{name} is let in on behalf of any of its customers"
            continue
        pinned = {each.source_account for each in terms.services if each.service == service}
        for source in (*delegation.accounts, *delegation.organizations, *delegation.principals):
            if source not in pinned:
                yield f"{name} is let in on behalf of {grouped_account_id(source)}"


def _is_named(terms: GrantTerms, principal: str) -> bool:
    """Whether a role, user or session is one of the terms', or of an account or role that they name."""
    fields = principal.split(":", 5)
    if len(fields) < 6:
        return False
    if fields[4] in terms.accounts or principal in terms.arns:
        return True
    return any(_identity_of(principal) == _identity_of(arn) for arn in terms.arns if ":assumed-role/" not in arn)


def _identity_of(arn: str) -> tuple[str, str, str]:
    """Account, kind and name of a role or user, which say who it is whatever the path; a session is its role."""
    *_, account, resource = arn.split(":", 5)
    kind, *names = resource.split("/")
    if kind == "assumed-role":
        return account, "role", names[0]
    return account, kind, names[-1] if names else ""


def _named(terms: GrantTerms) -> str:
    services = [f"{each.service} on behalf of {grouped_account_id(each.source_account)}" for each in terms.services]
    return ", ".join([*map(grouped_account_id, terms.principals), *services])


def _actions(terms: GrantTerms, delegation: Delegation) -> Iterator[Reason]:
    beyond = [action for action in delegation.actions if action not in terms.actions]
    if beyond:
        yield Reason(Axis.ACTIONS, f"{_some(beyond)} may be called; the grant is for {_some(terms.actions)}")


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{rest}"


def _content(terms: GrantTerms, delegation: Delegation) -> Iterator[Reason]:
    if not any(sends_mail(action) for action in delegation.actions):
        return
    for axis, key, addresses, what in (
        (Axis.FROM, FROM_ADDRESS, terms.from_addresses, "mail may be sent from"),
        (Axis.RECIPIENTS, RECIPIENTS, terms.recipients, "mail may be sent to"),
    ):
        if addresses:
            found = _why_wider(delegation, key, addresses)
            if found:
                yield Reason(axis, f"{what} {found}; the grant is for {_some(addresses)}")


def _why_wider(delegation: Delegation, key: str, addresses: Sequence[str]) -> str:
    mail = [action for action in delegation.actions if sends_mail(action)]
    conditions = narrowings(delegation, key, mail)
    if not conditions:
        return "any address"
    free = [action for action in mail if not requires(conditions, key, delegation.channel, action)]
    if free:
        return f"any address through {_some(free)}, since a call that names none is let through"
    return is_text_within(conditions, addresses)


def _network(terms: GrantTerms, delegation: Delegation) -> Iterator[Reason]:
    if not terms.networks:
        return
    conditions = narrowings(delegation, SOURCE_IP, delegation.actions)
    wanted = [found for text in terms.networks if (found := range_of(text)) is not None]
    granted = f"the grant is for {_some(terms.networks)}"
    if not all(requires(conditions, SOURCE_IP, delegation.channel, action) for action in delegation.actions):
        way = {
            Channel.DIRECT: "calls may come from any network",
            Channel.VPC_ENDPOINT: "calls may come through VPC endpoints, where no source address is known",
            Channel.SERVICE: "services may call, without a source address",
        }
        yield Reason(Axis.NETWORK, f"{way[delegation.channel]}; {granted}")
    elif not ranges_within(conditions, wanted):
        listed = [value for condition in conditions for value in condition.values]
        where = f"other networks ({_some(listed)})" if listed else "any network"
        yield Reason(Axis.NETWORK, f"calls may come from {where}; {granted}")


def _time(terms: GrantTerms, delegation: Delegation, at: datetime | None) -> Iterator[Reason]:
    starts_at, known_start = terms.starts_at, delegation.starts_at or at
    if terms.starts_on and starts_at and (known_start is None or known_start < starts_at):
        yield Reason(Axis.START, f"it may be used before the grant begins, on {shown_day(terms.starts_on)}")
    if delegation.ends_at is None:
        text = f"it never ends by itself; the last day of the grant is {shown_day(terms.ends_on)}"
        yield Reason(Axis.END, text)
    elif delegation.ends_at > terms.ends_at:
        text = f"it ends on {shown_instant(delegation.ends_at)}; the grant ends at {shown_instant(terms.ends_at)}"
        yield Reason(Axis.END, text)

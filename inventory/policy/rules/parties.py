"""Parties: whom a delegation lets in, one by one, with the words that people know them by."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inventory.policy.account_ids import account_of_arn, grouped_account_id
from inventory.policy.delegations import Delegation
from inventory.policy.reach import Reach
from inventory.policy.rules.subjects import DelegateFacts
from inventory.policy.words.conditions import listed
from inventory.policy.words.sentences import raised, shown_resource

ANYONE = "*"


@dataclass(frozen=True, slots=True)
class Party:
    """``subject`` is what findings are keyed by; ``account`` is empty where no account is known; ``label`` opens a
    sentence."""

    subject: str
    account: str
    label: str


def account_label(account: str, delegates: Mapping[str, DelegateFacts]) -> str:
    """``Brightmail (account 4444-5555-6666)``, or ``Account 4444-5555-6666`` where nobody knows it."""
    facts = delegates.get(account)
    if facts is not None and facts.display_name:
        return f"{facts.display_name} (account {grouped_account_id(account)})"
    return f"Account {grouped_account_id(account)}"


def parties(delegation: Delegation, delegates: Mapping[str, DelegateFacts]) -> tuple[Party, ...]:
    """Everyone the delegation lets in; a reach without a name gives one party with the subject ``*``."""
    named = _NAMED.get(delegation.reach)
    found = tuple(named(delegation, delegates)) if named else ()
    return found or (Party(ANYONE, "", _OPEN.get(delegation.reach, "Somebody")),)


def _accounts(delegation: Delegation, delegates: Mapping[str, DelegateFacts]) -> Iterator[Party]:
    for account in delegation.accounts:
        yield Party(account, account, account_label(account, delegates))


def _organizations(delegation: Delegation, _delegates: Mapping[str, DelegateFacts]) -> Iterator[Party]:
    for organization in delegation.organizations:
        yield Party(organization, "", f"Every account of organization {organization}")


def _principals(delegation: Delegation, delegates: Mapping[str, DelegateFacts]) -> Iterator[Party]:
    names: dict[str, list[str]] = {}
    for principal in delegation.principals:
        account = account_of_arn(principal)
        if account:
            names.setdefault(account, []).append(principal.split(":", 5)[5])
        elif not delegation.accounts:
            yield Party(principal, "", f"The principal with id {principal}")
    for account in delegation.accounts:
        names.setdefault(account, [])
    for account, held in sorted(names.items()):
        label = account_label(account, delegates)
        yield Party(account, account, f"{_named(held)} of {_lowered(label)}" if held else label)


def _services(delegation: Delegation, delegates: Mapping[str, DelegateFacts]) -> Iterator[Party]:
    services = ", ".join(service for service in delegation.services if service != ANYONE) or "any AWS service"
    if delegation.reach is Reach.SERVICE:
        for account in delegation.accounts:
            label = _lowered(account_label(account, delegates))
            yield Party(account, account, f"{_raised(services)} acting for {label}")
        for organization in () if delegation.accounts else delegation.organizations:
            yield Party(organization, "", f"{_raised(services)} acting for organization {organization}")
    if delegation.reach is Reach.SERVICE_UNPINNED or not (delegation.accounts or delegation.organizations):
        for service in delegation.services:
            subject = service if service != ANYONE else ANYONE
            yield Party(subject, "", service if service != ANYONE else "Any AWS service")


def _named(resources: Iterable[str]) -> str:
    """``The role mailer and the user press``."""
    return raised(listed([shown_resource(each) for each in resources]))


def _lowered(label: str) -> str:
    return f"account{label[7:]}" if label.startswith("Account ") else label


def _raised(text: str) -> str:
    return f"A{text[1:]}" if text.startswith("any ") else text


_NAMED = {
    Reach.ORGANIZATION: _organizations,
    Reach.ACCOUNT: _accounts,
    Reach.PRINCIPAL: _principals,
    Reach.SERVICE: _services,
    Reach.SERVICE_UNPINNED: _services,
}
_OPEN = {
    Reach.PUBLIC: "Anyone with an AWS account",
    Reach.UNDETERMINED: "Somebody, possibly anyone with an AWS account,",
    Reach.NETWORK: "Anyone with an AWS account who calls from the named network",
    Reach.SERVICE_UNPINNED: "Any AWS service",
}

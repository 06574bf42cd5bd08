"""Known delegates who are let in more widely than their work needs."""

from collections.abc import Iterator

from inventory.policy.delegations import Delegation
from inventory.policy.reach import Reach
from inventory.policy.rules.domains import is_apex
from inventory.policy.rules.parties import Party, parties
from inventory.policy.rules.senders import NAMED_REACHES, outside_senders
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation, principal_path, violation
from inventory.policy.rules.wording import as_whom, has_limit, listed

_DELEGATE_REACHES = (*NAMED_REACHES, Reach.NETWORK, Reach.SERVICE_UNPINNED)


def production_isolation(subject: IdentitySubject) -> Iterator[Violation]:
    """``production-isolation``: an environment that nobody stated is no evidence of another one."""
    if not subject.is_production:
        return
    for delegation, party in _delegates(subject):
        facts = subject.delegates.get(party.account)
        if facts is not None and facts.environment not in ("", "production"):
            whom = as_whom(subject, delegation)
            text = f"{party.label} stands in {facts.environment} and can send as {whom}, which is production."
            yield _at(delegation, "production-isolation", text, party)


def apex(subject: IdentitySubject) -> Iterator[Violation]:
    """``apex-delegated``."""
    if not (subject.is_domain and is_apex(subject.name)):
        return
    for delegation, party in _delegates(subject):
        if not has_limit(delegation, "from_address"):
            text = f"{party.label} can send as {subject.name} and everything below it."
            yield _at(delegation, "apex-delegated", text, party)


def any_address(subject: IdentitySubject) -> Iterator[Violation]:
    """``no-from-restriction``."""
    if not subject.is_domain:
        return
    for delegation, party in _delegates(subject):
        if not has_limit(delegation, "from_address"):
            yield _at(
                delegation, "no-from-restriction", f"{party.label} can send as {as_whom(subject, delegation)}.", party
            )


def any_network(subject: IdentitySubject) -> Iterator[Violation]:
    """``no-network-restriction``, a hint; services have no network of their own."""
    for delegation, party in _delegates(subject):
        if delegation.reach in (Reach.SERVICE, Reach.SERVICE_UNPINNED) or has_limit(delegation, "network"):
            continue
        yield _at(delegation, "no-network-restriction", f"{party.label} can send from any network.", party)


def whole_accounts(subject: IdentitySubject) -> Iterator[Violation]:
    """``whole-account-delegate``."""
    for delegation, party in _delegates(subject):
        if delegation.reach is Reach.ACCOUNT:
            text = (
                f"{party.label} as a whole can send as {as_whom(subject, delegation)}: its administrators choose who."
            )
            yield _at(delegation, "whole-account-delegate", text, party)


def shared(subject: IdentitySubject) -> Iterator[Violation]:
    """``shared-identity``: vendors, and teams other than the owner's; an account nobody knows counts for nobody."""
    known = (subject.delegates.get(party.account) for _, party in _delegates(subject))
    holders = {facts.vendor or facts.team for facts in known if facts is not None}
    others = sorted(holders - {"", subject.owner_team})
    if len(others) > 1:
        yield violation("shared-identity", f"{listed(others)} all send as {as_whom(subject)}.")


def _delegates(subject: IdentitySubject) -> Iterator[tuple[Delegation, Party]]:
    for delegation in outside_senders(subject):
        if delegation.reach in _DELEGATE_REACHES:
            for party in parties(delegation, subject.delegates):
                yield delegation, party


def _at(delegation: Delegation, rule_id: str, text: str, party: Party) -> Violation:
    policy, statement = delegation.policy, delegation.statement
    return violation(
        rule_id, text, policy=policy, statement=statement, subject=party.subject, path=principal_path(statement)
    )

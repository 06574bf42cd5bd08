"""Who outside can send: callers whom nobody named, knows, or knows any longer."""

from collections.abc import Iterator

from inventory.policy.delegations import Channel, Delegation
from inventory.policy.reach import Reach
from inventory.policy.rules.parties import ANYONE, parties
from inventory.policy.rules.subjects import IdentitySubject
from inventory.policy.rules.violations import Violation, principal_path, violation
from inventory.policy.rules.wording import as_whom, content_limits, limit_words
from inventory.policy.trust import Trust

NAMED_REACHES = (Reach.ORGANIZATION, Reach.ACCOUNT, Reach.PRINCIPAL, Reach.SERVICE)
_OPEN_REACHES = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK, Reach.SERVICE_UNPINNED)
_CLOSED = len(_OPEN_REACHES)
_BY_TRUST = {
    Trust.UNKNOWN: ("unknown-account-send", "nobody has said who that is."),
    Trust.FORMER: ("former-delegate-send", "that relationship has ended."),
    Trust.PLACEHOLDER: ("placeholder-account", "that account id comes from documentation examples."),
}


def outside_senders(subject: IdentitySubject) -> list[Delegation]:
    """The delegations that let somebody outside the owner's account send, each statement by its widest way in.

    Whom a statement lets in directly without asking who it is, it also lets in through a network and a service: that
    is one fact, and told once.
    """
    found = [each for each in subject.analysis.delegations if each.is_outside and each.can_send]
    widest: dict[tuple[str, int], int] = {}
    for each in found:
        place = (each.policy, each.statement)
        widest[place] = min(widest.get(place, _CLOSED), _width(each))
    return [each for each in found if _is_told(each, widest[each.policy, each.statement])]


def open_senders(subject: IdentitySubject) -> Iterator[Violation]:
    """``public-send``, ``public-send-limited``, ``undetermined-send``, ``network-only-send``, ``service-unpinned``."""
    for delegation in outside_senders(subject):
        if delegation.reach in _OPEN_RULES:
            yield from _OPEN_RULES[delegation.reach](subject, delegation)


def named_senders(subject: IdentitySubject) -> Iterator[Violation]:
    """``unknown-account-send``, ``former-delegate-send`` and ``placeholder-account``: by trust, so never two."""
    for delegation in outside_senders(subject):
        if delegation.reach not in NAMED_REACHES or delegation.trust not in _BY_TRUST:
            continue
        rule_id, because = _BY_TRUST[delegation.trust]
        for party in parties(delegation, subject.delegates):
            text = f"{party.label} can send as {as_whom(subject, delegation)}; {because}"
            yield _at(delegation, rule_id, text, party.subject)


def organizations(subject: IdentitySubject) -> Iterator[Violation]:
    """``organization-wide-delegate``."""
    for delegation in outside_senders(subject):
        if delegation.reach is Reach.ORGANIZATION:
            for party in parties(delegation, subject.delegates):
                text = f"{party.label} can send as {as_whom(subject, delegation)}."
                yield _at(delegation, "organization-wide-delegate", text, party.subject)


def _width(delegation: Delegation) -> int:
    """Position among the reaches that name nobody, 0 the widest; ``_CLOSED`` for the others."""
    return _OPEN_REACHES.index(delegation.reach) if delegation.reach in _OPEN_REACHES else _CLOSED


def _is_told(delegation: Delegation, widest: int) -> bool:
    if _width(delegation) < _CLOSED:
        return _width(delegation) == widest
    return not (delegation.channel is Channel.SERVICE and widest == _OPEN_REACHES.index(Reach.PUBLIC))


def _public(subject: IdentitySubject, delegation: Delegation) -> Iterator[Violation]:
    if content_limits(delegation):
        text = f"Anyone with an AWS account can send as {subject.name}, but only {limit_words(delegation)}."
        yield _at(delegation, "public-send-limited", text, ANYONE)
    else:
        yield _at(
            delegation, "public-send", f"Anyone with an AWS account can send as {as_whom(subject, delegation)}.", ANYONE
        )


def _undetermined(subject: IdentitySubject, delegation: Delegation) -> Iterator[Violation]:
    whom = as_whom(subject, delegation)
    text = f"A statement allows sending as {whom}, and it cannot be said to whom: possibly to anyone."
    yield _at(delegation, "undetermined-send", text, ANYONE)


def _network(subject: IdentitySubject, delegation: Delegation) -> Iterator[Violation]:
    values = sorted({value for limit in delegation.limits if limit.kind == "network" for value in limit.values})
    where = ", ".join(values[:4]) or "the named network"
    text = f"Anyone with an AWS account who calls from {where} can send as {as_whom(subject, delegation)}."
    yield _at(delegation, "network-only-send", text, ANYONE)


def _service(subject: IdentitySubject, delegation: Delegation) -> Iterator[Violation]:
    for party in parties(delegation, subject.delegates):
        text = f"{party.label} can send as {as_whom(subject, delegation)} for any of its customers."
        yield _at(delegation, "service-unpinned", text, party.subject)


def _at(delegation: Delegation, rule_id: str, text: str, subject: str) -> Violation:
    policy, statement = delegation.policy, delegation.statement
    return violation(rule_id, text, policy=policy, statement=statement, subject=subject, path=principal_path(statement))


_OPEN_RULES = {
    Reach.PUBLIC: _public,
    Reach.UNDETERMINED: _undetermined,
    Reach.NETWORK: _network,
    Reach.SERVICE_UNPINNED: _service,
}

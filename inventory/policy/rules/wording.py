"""Turns of phrase that several rules share."""

from inventory.policy.account_ids import grouped_account_id, is_account_id
from inventory.policy.delegations import Delegation, Limit
from inventory.policy.rules.subjects import IdentitySubject

CONTENT_KINDS = ("from_address", "recipients")
_LIMIT_WORDS = {"from_address": "from", "recipients": "to"}


def as_whom(subject: IdentitySubject, delegation: Delegation | None = None) -> str:
    """``any address at shop.example.com``, or the addresses that a limit of the delegation leaves."""
    everything = f"any address at {subject.name}" if subject.is_domain else subject.name
    limits = [limit for limit in delegation.limits if _narrows(limit, "from_address")] if delegation else []
    if not limits:
        return everything
    return " and ".join(
        f"{everything} other than {_values(each)}" if _negates(each) else _values(each) for each in limits
    )


def account_words(subject: str) -> str:
    """``account 4444-5555-6666`` for an account id, ``anyone`` for ``*``, anything else as it is."""
    if is_account_id(subject):
        return f"account {grouped_account_id(subject)}"
    return "anyone" if subject == "*" else subject


def content_limits(delegation: Delegation) -> tuple[Limit, ...]:
    """Limits on sender or recipients that exclude something and that no allowed send action escapes."""
    return tuple(limit for limit in delegation.limits if _narrows(limit, *CONTENT_KINDS))


def has_limit(delegation: Delegation, kind: str) -> bool:
    """Whether a limit of that kind excludes anything."""
    return any(_narrows(limit, kind) for limit in delegation.limits)


def limit_words(delegation: Delegation) -> str:
    """``from news@example.com, to *@example.org``; "other than" where the condition is negated."""
    return ", ".join(_limit(limit) for limit in content_limits(delegation))


def listed(names: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; from five on ``a, b, c and 4 more``."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _limit(limit: Limit) -> str:
    return f"{_LIMIT_WORDS[limit.kind]} {'other than ' if _negates(limit) else ''}{_values(limit)}"


def _narrows(limit: Limit, *kinds: str) -> bool:
    return limit.kind in kinds and limit.is_effective


def _negates(limit: Limit) -> bool:
    return "Not" in limit.operator


def _values(limit: Limit) -> str:
    return listed(list(limit.values))

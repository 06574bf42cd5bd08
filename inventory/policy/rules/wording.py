"""Turns of phrase that several rules share."""

from inventory.policy.delegations import Delegation, Limit
from inventory.policy.rules.subjects import IdentitySubject

CONTENT_KINDS = ("from_address", "recipients")
_LIMIT_WORDS = {"from_address": "from", "recipients": "to"}


def as_whom(subject: IdentitySubject) -> str:
    """``any address at shop.example.com``, or the one address."""
    return f"any address at {subject.name}" if subject.is_domain else subject.name


def content_limits(delegation: Delegation) -> tuple[Limit, ...]:
    """Limits on sender or recipients that exclude something and that no allowed send action escapes."""
    return tuple(limit for limit in delegation.limits if limit.kind in CONTENT_KINDS and limit.is_effective)


def has_limit(delegation: Delegation, kind: str) -> bool:
    """Whether a limit of that kind excludes anything."""
    return any(limit.kind == kind and limit.is_effective for limit in delegation.limits)


def limit_words(delegation: Delegation) -> str:
    """``from news@example.com, to *@example.org``; "other than" where the condition is negated."""
    return ", ".join(_limit(limit) for limit in content_limits(delegation))


def listed(names: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; from five on ``a, b, c and 4 more``."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _limit(limit: Limit) -> str:
    negation = "other than " if "Not" in limit.operator else ""
    return f"{_LIMIT_WORDS[limit.kind]} {negation}{listed(list(limit.values))}"

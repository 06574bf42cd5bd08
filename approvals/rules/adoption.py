"""Adoption: the terms that say what AWS allows already, or why no grant can say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from inventory.policy.delegations import Delegation
from inventory.policy.grants.addresses import address_of
from inventory.policy.grants.coverage import Match, covers
from inventory.policy.grants.terms import GrantTerms, PinnedService, TermsError
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.search.languages import Wild
from inventory.policy.trust import Trust

_NEVER = {
    Reach.PUBLIC: "Anyone with an AWS account is let in.",
    Reach.NETWORK: "Anyone who calls from certain networks is let in.",
    Reach.UNDETERMINED: "Nobody can tell who is let in.",
    Reach.SERVICE_UNPINNED: "An AWS service is let in on behalf of any of its customers.",
}
_NOBODYS = {
    Trust.UNKNOWN: "Nobody registered who this is.",
    Trust.PLACEHOLDER: "The account is an example from documentation: nobody knows whose it is.",
    Trust.FORMER: "Its contract or account is over.",
}
_BEYOND_WORDS = "It has a limit that a grant cannot repeat, so that security writes its grant."
_BEYOND = ("network", "feedback_address", "from_display_name", "other")


@dataclass(frozen=True, slots=True)
class Found:
    """Live access that no grant covers: the parts of one identity with equal terms, and either these or a reason."""

    parts: tuple[Delegation, ...]
    terms: GrantTerms | None
    why_not: str = ""

    @property
    def whole(self) -> Delegation:
        """All parts as one, for a sentence."""
        return replace(
            self.parts[0],
            accounts=_every(part.accounts for part in self.parts),
            principals=_every(part.principals for part in self.parts),
            organizations=_every(part.organizations for part in self.parts),
            services=_every(part.services for part in self.parts),
        )


def _every(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({each for some in names for each in some}))


def found_in(
    parts: Iterable[Delegation], *, identity_arn: str, ends_on: date, time_zone: str, at: datetime
) -> list[Found]:
    """The parts together where only the party differs, with the terms that cover each."""
    whole: dict[tuple[object, ...], list[Delegation]] = {}
    terms: dict[tuple[object, ...], GrantTerms] = {}
    apart: dict[tuple[object, ...], Found] = {}
    for part in sorted(parts, key=lambda each: each.reach.rank):
        why_not = why_never(part)
        found = None if why_not else terms_of(part, identity_arn, ends_on=ends_on, time_zone=time_zone, at=at)
        if found is None:
            # A statement for anyone is one line, though it lets services in as well.
            parties = (part.accounts, part.organizations, part.principals, part.services)
            key = (part.policy, part.statement) if part.reach in _NEVER else (part.reach, *parties)
            apart.setdefault(key, Found((part,), None, why_not or _BEYOND_WORDS))
            continue
        same = (found.actions, found.from_addresses, found.recipients, found.networks, found.starts_on, part.reach)
        whole.setdefault(same, []).append(part)
        terms[same] = _joined(terms[same], found) if same in terms else found
    return [*(Found(tuple(whole[key]), terms[key]) for key in whole), *apart.values()]


def _joined(one: GrantTerms, other: GrantTerms) -> GrantTerms:
    return replace(one, principals=(*one.principals, *other.principals), services=(*one.services, *other.services))


def why_never(part: Delegation) -> str:
    """Why this is never adopted as it is; empty where it may be."""
    return _NEVER.get(part.reach, "") or _NOBODYS.get(part.trust or Trust.UNKNOWN, "")


def terms_of(part: Delegation, identity_arn: str, *, ends_on: date, time_zone: str, at: datetime) -> GrantTerms | None:
    """Terms that cover the part until the day, and say no more than it does; ``None`` where none can."""
    limits = [each for each in part.limits if each.is_effective]
    if any(each.kind in _BEYOND and each.key != "aws:SourceIp" for each in limits) or any(
        each.is_from_deny for each in limits
    ):
        return None
    conditions = {
        kind: [each.condition for each in limits if each.kind == kind and each.condition is not None]
        for kind in ("from_address", "recipients", "network")
    }
    values = {kind: _values(kind, found) for kind, found in conditions.items()}
    starts_at = part.starts_at if part.starts_at is not None and part.starts_at > at else None
    try:
        terms = GrantTerms(
            identity_arn=identity_arn,
            principals=part.principals or (part.organizations if not part.services else ()) or _accounts(part),
            services=tuple(PinnedService(name, source) for name in part.services for source in part.accounts),
            actions=part.actions,
            from_addresses=values["from_address"] or (),
            recipients=values["recipients"] or (),
            networks=values["network"] or (),
            starts_on=starts_at.astimezone(ZoneInfo(time_zone)).date() if starts_at else None,
            ends_on=ends_on,
            time_zone=time_zone,
        )
    except TermsError:
        return None
    if None in values.values():
        return None
    found = covers(terms, part, at=at)
    return terms if isinstance(found, Match) or found.is_only_in_time else None


def _accounts(part: Delegation) -> tuple[str, ...]:
    return () if part.services else part.accounts


def _values(kind: str, conditions: Sequence[Condition]) -> tuple[str, ...] | None:
    """What one positive condition lets through, none where there is none; ``None`` where terms cannot say it."""
    if not conditions:
        return ()
    condition = conditions[0]
    if len(conditions) > 1 or not condition.is_positive or condition.variables or condition.doubt:
        return None
    if kind == "network":
        return condition.values
    patterns = condition.language({}).patterns
    if any(isinstance(token, Wild) and token is not Wild.MANY for pattern in patterns for token in pattern):
        return None
    return tuple(address_of(pattern) for pattern in patterns)

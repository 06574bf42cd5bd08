"""What AWS allows now, beside the terms that somebody asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from approvals.models import RequestLine
from inventory.models import PolicyVersion, SendingPolicy
from inventory.pages.analysed import analysed
from inventory.pages.policy_history import DiffLine, compared
from inventory.policy.delegations import Delegation
from inventory.policy.grants.coverage import Axis, Match, Reason, covers, parts_of
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.reach import Reach
from inventory.policy.tightening.drafts import pretty
from inventory.policy.words.requests import describe_request
from inventory.policy.words.sentences import describe

_OPEN = (Reach.PUBLIC, Reach.NETWORK, Reach.UNDETERMINED)
_NEW_POLICY = "{}"


@dataclass(frozen=True, slots=True)
class LivePart:
    """One thing that AWS allows now: ``reasons`` say in what it is more than was asked for, none where it is not.

    ``is_endless``: AWS does not end it by itself when the grant would.
    """

    sentence: str
    policy: str
    witness: str
    reasons: tuple[Reason, ...]
    is_endless: bool


@dataclass(frozen=True, slots=True)
class LiveAccess:
    """``is_certain`` is false where the identity was not seen completely of late, or a policy could not be read.

    ``policy_name`` is the live policy that ``diff`` compares the new document with; empty where none speaks of them.
    """

    parts: tuple[LivePart, ...]
    is_certain: bool
    document: str
    policy_name: str
    diff: tuple[DiffLine, ...]

    @property
    def summary(self) -> str:
        """All of it in a few words."""
        if self.is_wider:
            return "more than this is live"
        if self.parts:
            return "live already"
        return "not there" if self.is_certain else "not completely seen"

    @property
    def is_wider(self) -> bool:
        """Whether AWS allows more than this already."""
        return any(part.reasons for part in self.parts)


def live_access(line: RequestLine, *, names: Mapping[str, str], at: datetime) -> LiveAccess:
    """What is live for those whom the line would let in: four queries. Reads ``line.identity.scope.account``."""
    identity, terms = line.identity, line.grant_terms
    found = analysed(identity, at)
    outside = [part for each in found.analysis.delegations if each.is_outside for part in parts_of(each)]
    about = [(part, _beyond(terms, part, at)) for part in outside if _concerns(part, terms)]
    live = _distinct(
        LivePart(
            sentence=describe(part, identity.name, names),
            policy=part.policy,
            witness=describe_request(part.witness, names) if part.witness else "",
            reasons=tuple(each for each in reasons if each.axis is not Axis.END),
            is_endless=any(each.axis is Axis.END for each in reasons),
        )
        for part, reasons in about
    )
    named = next((part.policy for part, _ in about if part.reach not in _OPEN), "")
    document = _document(terms)
    return LiveAccess(
        parts=live,
        is_certain=identity.scope.sight(at) == "complete" and not found.analysis.problems,
        document=document,
        policy_name=named,
        diff=compared(_text(found.policies, named), document) if document else (),
    )


def _concerns(part: Delegation, terms: GrantTerms) -> bool:
    """Whether it lets in somebody whom the terms name, or everybody."""
    if part.reach in _OPEN or set(part.organizations) & terms.organizations:
        return True
    of_principals = {each.split(":")[4] for each in part.principals if each.count(":") > 4}
    return not terms.account_ids.isdisjoint({*part.accounts, *of_principals})


def _beyond(terms: GrantTerms, part: Delegation, at: datetime) -> tuple[Reason, ...]:
    found = covers(terms, part, at=at)
    return () if isinstance(found, Match) else tuple(each for each in found.reasons if each.axis is not Axis.START)


def _distinct(parts: Iterable[LivePart]) -> tuple[LivePart, ...]:
    """Each sentence once, what exceeds the terms first."""
    once = {part.sentence: part for part in parts}
    return tuple(sorted(once.values(), key=lambda part: (not part.reasons, part.sentence)))


def _document(terms: GrantTerms) -> str:
    try:
        return pretty(minimal_policy(terms))
    except TermsError:
        return ""


def _text(policies: tuple[tuple[SendingPolicy, PolicyVersion], ...], name: str) -> str:
    return next((version.text for policy, version in policies if policy.name == name), _NEW_POLICY)

"""Changes: what is to become of somebody's access to one identity, and whom in its policies that means."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Analysis, Delegation
from inventory.policy.evaluation.decisions import Decision, evaluate
from inventory.policy.grants.coverage import Axis, Wider, covers, parts_of
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.reach import Reach
from inventory.policy.requests import Request
from inventory.policy.tightening.drafts import pretty
from inventory.policy.trust import Registry

_ENTITIES = ("accounts", "organizations", "principals", "services")
_OPEN = (Reach.PUBLIC, Reach.NETWORK, Reach.UNDETERMINED, Reach.SERVICE_UNPINNED)


@dataclass(frozen=True, slots=True)
class Ground:
    """One identity, who owns it, what is known of outsiders, and the instant."""

    identity_arn: str
    owner_account: str
    registry: Registry
    at: datetime

    def parts(self, policies: Mapping[str, str]) -> list[Delegation]:
        """Everyone whom the policies let in, one by one; the owner's own callers are among them, the dead are not."""
        found = self.analysis(policies).delegations
        return [part for each in found for part in parts_of(each) if each.reach not in (Reach.INERT, Reach.DANGLING)]

    def analysis(self, policies: Mapping[str, str]) -> Analysis:
        """The engine's word at the instant."""
        return analyse(
            owner_account=self.owner_account,
            identity_arn=self.identity_arn,
            policies=policies,
            registry=self.registry,
            at=self.at,
        )

    def decide(self, policies: Mapping[str, str], request: Request) -> Decision:
        """What the evaluator says of one call."""
        return evaluate({self.identity_arn: policies}, request)


@dataclass(frozen=True, slots=True)
class Change:
    """``terms`` are let in, or taken out where ``is_removal``; a removal may name ``principals`` instead.

    ``before`` are the terms that these follow. ``principals`` are named as delegations name them (account ids, ARNs,
    ``o-...`` ids, service principals), ``*`` for anyone at all; with neither, everybody outside is meant.
    ``policy`` is the policy that a removal is about, if only one is, or the name of the policy to write where
    no other fits. ``kept`` are the terms of every other grant in force, whoever it is for.
    """

    is_removal: bool
    policy: str = ""
    terms: GrantTerms | None = None
    before: GrantTerms | None = None
    principals: tuple[str, ...] = ()
    kept: tuple[GrantTerms, ...] = ()

    def means(self, part: Delegation, at: datetime) -> bool:
        """Whether a part is to go or to be replaced: it is theirs, and no other grant speaks for it."""
        return self._is_about(part) and not any(_speaks_for(terms, part, at) for terms in self.kept)

    def _is_about(self, part: Delegation) -> bool:
        if not part.is_outside:
            return False
        if self.terms is not None:
            own = [self.terms, *([self.before] if self.before else [])]
            return any(is_for(terms, part) for terms in own)
        if self.policy and part.policy != self.policy:
            return False
        return not self.principals or not names_of(part).isdisjoint(self.principals)


def names_of(part: Delegation) -> set[str]:
    """Whom a part names, ``*`` where it is open to anyone."""
    named = {value for member in _ENTITIES for value in getattr(part, member)}
    return named | {"*"} if part.reach in _OPEN or not named else named


def is_for(terms: GrantTerms, part: Delegation) -> bool:
    """Whether a part lets in whom the terms are for, and nobody else."""
    found = covers(terms, part)
    return not (isinstance(found, Wider) and any(reason.axis is Axis.WHO for reason in found.reasons))


def _speaks_for(terms: GrantTerms, part: Delegation, at: datetime) -> bool:
    found = covers(terms, part, at=at)
    return not isinstance(found, Wider) or found.is_only_in_time


def single_terms(terms: GrantTerms) -> Iterator[GrantTerms]:
    """The same terms for one caller and one action at a time."""
    alone = [replace(terms, principals=(each,), services=()) for each in terms.principals]
    alone += [replace(terms, principals=(), services=(each,)) for each in terms.services]
    for caller in alone:
        for action in terms.actions:
            yield replace(caller, actions=(action,))


def calls_of(terms: GrantTerms, ground: Ground) -> list[tuple[Request, ...]]:
    """For each caller and action of the terms, calls that they allow, one for each way to call.

    An action that the limits on addresses leave out has none, and neither have terms whose time is over.
    """
    found = []
    for single in single_terms(terms):
        try:
            policy = minimal_policy(single)
        except TermsError:
            continue
        delegations = ground.analysis({"minimal": pretty(policy)}).delegations
        calls = tuple(each.witness for each in delegations if each.witness is not None)
        found += [calls] if calls else []
    return found


def own_calls(part: Delegation) -> tuple[Request, ...]:
    """The witness of a part, where it is a call of its own and not of somebody else in the same statement."""
    return (part.witness,) if part.witness is not None and part.admits(part.witness) else ()


def as_if_now(terms: GrantTerms, at: datetime) -> GrantTerms:
    """The same access, begun and not yet over at the instant."""
    day = at.astimezone(ZoneInfo(terms.time_zone)).date()
    return replace(terms, starts_on=None, ends_on=max(terms.ends_on, day + timedelta(days=1)))


def still_allowed(
    policies: Mapping[str, str], terms: GrantTerms, kept: Iterable[GrantTerms], ground: Ground
) -> list[Decision]:
    """The calls of the terms that would pass now although no grant that is kept allows them."""
    kept_policies = {f"kept-{number}": pretty(minimal_policy(each)) for number, each in enumerate(kept)}
    passed = []
    for calls in calls_of(as_if_now(terms, ground.at), ground):
        for call in calls:
            decision = ground.decide(policies, call)
            if decision.allowed and not ground.decide(kept_policies, call).allowed:
                passed.append(decision)
    return passed


def open_doors(policies: Mapping[str, str], change: Change, ground: Ground) -> list[Decision]:
    """The calls that a removal is to stop and that would pass now; of one policy alone where it is about one."""
    terms = change.terms or _in_place_of_terms(change, ground)
    if terms is None:
        return []
    passed = still_allowed(policies, terms, change.kept, ground)
    if change.terms is not None or not change.policy:
        return passed
    return [each for each in passed if any(step.statement.policy == change.policy for step in each.deciding)]


def _in_place_of_terms(change: Change, ground: Ground) -> GrantTerms | None:
    """Terms that let the named accounts, roles and users send; ``None`` where only others are named."""
    named = [each for each in change.principals if each.isdigit() or each.startswith("arn:")]
    day = ground.at.date() + timedelta(days=1)
    try:
        return GrantTerms(ground.identity_arn, tuple(named), ("ses:SendEmail", "ses:SendRawEmail"), day)
    except TermsError:
        return None


def are_let_in(policies: Mapping[str, str], terms: GrantTerms, ground: Ground) -> bool:
    """Whether each caller may call each action of the terms, in at least one way that these allow, to their end."""
    last = replace(ground, at=max(ground.at, _last_second(terms)))
    return all(_are_let_in(policies, terms, each) for each in (ground, last))


def _are_let_in(policies: Mapping[str, str], terms: GrantTerms, ground: Ground) -> bool:
    every = calls_of(terms, ground)
    return bool(every) and all(any(ground.decide(policies, call).allowed for call in calls) for calls in every)


def _last_second(terms: GrantTerms) -> datetime:
    return terms.ends_at.astimezone(UTC) - timedelta(seconds=1)


def before_end(ground: Ground, terms: GrantTerms | None) -> Ground:
    """The last second of the terms where they are over: what they let in is dead since, and is found there."""
    if terms is None or terms.ends_at > ground.at:
        return ground
    return replace(ground, at=_last_second(terms))


def counted(parts: Sequence[Delegation]) -> list[tuple[object, ...]]:
    """What each part admits, whatever policy and statement it stands in, sorted: two lists of them can be compared."""
    return sorted((_admitted(part) for part in parts), key=repr)


def _admitted(part: Delegation) -> tuple[object, ...]:
    limits = sorted(
        (each.key.lower(), each.operator, each.values, each.is_effective, each.is_from_deny) for each in part.limits
    )
    named = tuple(getattr(part, member) for member in _ENTITIES)
    return part.channel, part.reach, part.trust, named, part.actions, tuple(limits), part.starts_at, part.ends_at

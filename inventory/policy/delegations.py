"""Delegation: who else the policies of one identity let act, as what, and within which limits."""

from dataclasses import dataclass, field
from datetime import datetime

from inventory.policy.channels import Channel
from inventory.policy.circles.admission import is_among, is_met, is_within
from inventory.policy.reach import Reach
from inventory.policy.reading.conditions import Condition
from inventory.policy.requests import Request
from inventory.policy.trust import Trust

__all__ = ["Analysis", "Channel", "Delegation", "Limit", "Note", "PolicyProblem"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One condition that narrows what, from where or when, but not who.

    ``kind``: ``from_address``, ``from_display_name``, ``feedback_address``, ``recipients``, ``network``, ``time``,
    ``transport`` or ``other``. ``values`` are the condition's values as written; ``operator`` and ``key`` as AWS
    spells them. ``is_effective`` is false where the limit excludes nothing or an allowed send action escapes it.
    ``path`` points at the condition in ``policy``. A limit that is ``is_from_deny`` is shown as what must hold so that
    the Deny does not fire.
    """

    kind: str
    key: str
    operator: str
    values: tuple[str, ...]
    is_effective: bool = True
    policy: str = ""
    statement: int | None = None
    path: tuple[str | int, ...] = ()
    is_from_deny: bool = False
    condition: Condition | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A trap found in a policy: ``code`` is stable, ``path`` points at the element it was found in.

    ``path`` is a JSON path inside the document, e.g. ``("Statement", 0, "Condition", "Bool", "ses:RequireTLS")``.
    """

    code: str
    text: str
    policy: str
    statement: int | None
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Delegation:
    """What one statement lets one circle of callers do, over one channel, at one level of trust.

    ``statement`` counts from 0 within its policy. ``accounts`` are 12-digit ids, ``organizations`` ``o-...`` ids,
    ``principals`` ARNs or unique ids, ``services`` service principals; all sorted. ``trust`` is ``None`` for
    ``dangling`` and ``inert``. ``reason`` says why nobody is admitted, for those two; else it is empty.
    ``starts_at``/``ends_at`` bound the access where the policy itself does, UTC. ``witness`` is one request of the
    population that defines the reach, which the policies allow; ``None`` where nobody is admitted or nobody can tell.
    ``let_through_by`` are the statements, as (policy, statement), by which the concrete evaluator allows it.
    """

    policy: str
    sid: str | None
    statement: int
    channel: Channel
    reach: Reach
    trust: Trust | None
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    action_classes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    notes: tuple[Note, ...] = ()
    reason: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    witness: Request | None = field(default=None, compare=False)
    let_through_by: tuple[tuple[str, int], ...] = field(default=(), compare=False)

    @property
    def can_send(self) -> bool:
        """Whether any send action is admitted."""
        return "send" in self.action_classes

    def admits(self, request: Request) -> bool:
        """Whether this delegation is one that may let the request in: its caller, channel, action, limits and instant.

        It says nothing of what a Deny takes away from single callers.
        """
        return (
            request.channel is self.channel
            and request.action.lower() in {action.lower() for action in self.actions}
            and is_among(self.reach, request, self.accounts, self.organizations, self.principals, self.services)
            and all(is_met(limit.condition, request) for limit in self.limits if limit.condition is not None)
            and is_within(self.starts_at, self.ends_at, request)
        )

    @property
    def is_outside(self) -> bool:
        """Whether anyone other than the owner's own account is admitted now or later."""
        return self.reach.is_outside and self.trust is not Trust.OWN


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """Why one policy could not be read: ``line`` and ``column`` from 1, ``element`` a dotted path or empty."""

    policy: str
    message: str
    line: int | None
    column: int | None
    element: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """The delegations of one identity, with what could not be read beside them, never instead of them."""

    identity_arn: str
    owner_account: str
    delegations: tuple[Delegation, ...]
    problems: tuple[PolicyProblem, ...]
    notes: tuple[Note, ...]

    @property
    def widest(self) -> Reach:
        """The widest reach of all; a policy that could not be read makes it at least ``undetermined``."""
        reaches = [delegation.reach for delegation in self.delegations]
        if self.problems:
            reaches.append(Reach.UNDETERMINED)
        return min(reaches, key=lambda reach: reach.rank, default=Reach.INERT)

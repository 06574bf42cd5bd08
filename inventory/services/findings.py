"""Findings and their episodes, as the stored facts of one identity call for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from inventory.models import CollectionRun, Identity
from inventory.policy.delegations import Analysis
from inventory.policy.rules.subjects import DelegateFacts
from inventory.policy.trust import Registry


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """What changed: episodes opened for the first time, closed, and opened again."""

    opened: int = 0
    resolved: int = 0
    reopened: int = 0

    def __add__(self, other: "FindingCounts") -> "FindingCounts":
        return FindingCounts(
            self.opened + other.opened, self.resolved + other.resolved, self.reopened + other.reopened
        )


def load_delegates(*, on: date) -> Mapping[str, DelegateFacts]:
    """What the registry says of every known account on a day, by account id: one query, once per slice of work."""
    raise NotImplementedError


def judge_identity(
    identity: Identity,
    analysis: Analysis,
    *,
    policies: Mapping[str, str],
    registry: Registry,
    delegates: Mapping[str, DelegateFacts],
    at: datetime,
    run: CollectionRun | None = None,
    is_baseline: bool = False,
) -> FindingCounts:
    """Bring the findings of one identity in line with what its policies allow; idempotent.

    Call it inside the transaction that writes the identity, its policy versions and its delegations, after them and
    after ``environment``, ``owner_team`` and ``gone_at`` are saved; one identity per transaction. ``policies`` maps
    each current policy's name to its raw text, and ``analysis`` is what ``analyse`` made of them with ``registry`` at
    ``at``. ``delegates`` comes from :func:`load_delegates`. ``run`` is ``None`` for a re-evaluation of stored facts.
    ``is_baseline`` marks episodes that the first complete look at a scope opens.

    Findings that speak of several copies of a name (``region-drift``, a Deny that a copy escapes) are brought in line
    for all copies at once, so the counts may include findings of siblings. The reason of a closure follows from what
    changed since the judgement before: the policies (``fixed``), the engine (``rule_changed``), else the registry
    (``reclassified``). Returns at most ten queries later.
    """
    raise NotImplementedError


def mark_stale(identities: "models.QuerySet[Identity]") -> int:
    """Say of the present findings of identities that could not be read that nobody has looked since: one query.

    Nothing is closed; the next successful :func:`judge_identity` makes them present or absent again.
    """
    raise NotImplementedError


def close_for_deleted(identity: Identity, *, at: datetime, run: CollectionRun | None) -> FindingCounts:
    """Close every open finding of an identity that is gone, with the reason ``identity_deleted``; idempotent.

    Call it in the transaction that sets ``gone_at``, after it is saved.
    """
    raise NotImplementedError

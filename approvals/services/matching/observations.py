"""Observations: what a reading shows of a grant, written beside the decision and never over it."""

from datetime import datetime

from approvals.models import Grant, GrantObservation
from approvals.rules.states import Observation
from inventory.models import CollectionRun


def observe(grant: Grant, observation: Observation, *, run: CollectionRun | None, at: datetime) -> bool:
    """Keep what a reading at ``at`` shows; whether that differs from before. The same reading twice changes nothing.

    Call it in the transaction that locked the grant's identity.
    """
    before, grant.observation = grant.observation, observation
    grant.observed_at, grant.observed_by_run = at, run
    grant.save(update_fields=["observation", "observed_at", "observed_by_run"])
    has_changed = before != observation
    current = grant.observations.filter(to_at=None)
    if has_changed:
        current.update(to_at=at)
    if has_changed or not current.exists():
        GrantObservation.objects.create(grant=grant, observation=observation, from_at=at, run=run)
    return has_changed

"""Collection runs: begun, finished, abandoned."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from django.db import models, transaction

from inventory.models import Account, CollectionRun, Identity, Outcome, Scope, ScopeRun, User
from inventory.services.audit import record
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.findings.findings import mark_stale
from inventory.services.refusals import RefusedError

logger = logging.getLogger(__name__)

_PASSED = "The run did not get to the end of this scope before its deadline. The next run takes it up again."


@transaction.atomic
def start_run(
    *,
    trigger: str,
    acting_user: User | None,
    at: datetime,
    limits: CollectionLimits,
    account_ids: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> CollectionRun:
    """Begin a run over the given managed accounts, or over all; nobody asks AWS yet. Raises :class:`RefusedError`."""
    managed = Account.objects.managed()
    known = set(managed.values_list("account_id", flat=True))
    unknown = [account_id for account_id in account_ids if account_id not in known]
    if unknown:
        raise RefusedError(
            "account",
            f"{unknown[0]} is not a managed account of the registry. Enter it first: "
            f"manage.py accounts add {unknown[0]}.",
        )
    if not known:
        raise RefusedError("account", "There is no managed account to collect. Enter one: manage.py accounts add ID.")
    run = CollectionRun.objects.create(
        trigger=trigger,
        requested_by=acting_user,
        created_at=at,
        deadline_at=at + limits.run,
        wanted_accounts=sorted(set(account_ids) or known),
        wanted_regions=sorted(set(regions)),
    )
    data = {"trigger": str(trigger), "accounts": run.wanted_accounts, "regions": run.wanted_regions}
    record(at=at, actor=acting_user, action="run.started", target=run, data=data)
    transaction.on_commit(partial(logger.info, "run_started", extra={"run": run.pk}))
    return run


@transaction.atomic
def collect_now(*, acting_user: User, at: datetime, limits: CollectionLimits) -> tuple[CollectionRun, bool]:
    """The run under way and False, or a new one over all managed accounts and True; who asks at once gets the same."""
    # Whoever asks holds this row until their run is there for the others to find.
    Account.objects.managed().select_for_update(of=("self",), no_key=True).order_by("pk").first()
    under_way = CollectionRun.objects.unfinished().first()
    if under_way is not None:
        return under_way, False
    return start_run(trigger=CollectionRun.Trigger.PERSON, acting_user=acting_user, at=at, limits=limits), True


@transaction.atomic
def finish_run(run_id: int, *, at: datetime) -> bool:
    """End the run if each of its scopes has an outcome; whether it did."""
    run = CollectionRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != CollectionRun.State.RUNNING or run.planned_at is None:
        return False
    if run.scope_runs.exclude(state=ScopeRun.State.DONE).exists():
        return False
    _end(run, CollectionRun.State.FINISHED, at)
    return True


@transaction.atomic
def abandon_overdue_runs(*, at: datetime) -> int:
    """End the runs whose deadline has passed; what they did not read goes to the next run."""
    overdue = CollectionRun.objects.unfinished().filter(deadline_at__lte=at)
    runs = list(overdue.select_for_update(of=("self",), skip_locked=True))
    for run in runs:
        left = run.scope_runs.exclude(state=ScopeRun.State.DONE)
        _record_passed(left, at)
        unread = Identity.objects.live().filter(scope__in=left.values("scope"), last_read_at__lt=run.created_at)
        mark_stale(unread)
        done = {"state": ScopeRun.State.DONE, "finished_at": at, "leased_until": None, "fence": models.F("fence") + 1}
        passed = {"error_code": "DeadlinePassed", "error_text": _PASSED}
        left.filter(identities_read__gt=0).update(outcome=Outcome.PARTIAL, **done, **passed)
        left.filter(identities_read=0).update(outcome=Outcome.FAILED, **done, **passed)
        _end(run, CollectionRun.State.ABANDONED, at)
    return len(runs)


def _record_passed(left: "models.QuerySet[ScopeRun]", at: datetime) -> None:
    some, none = left.filter(identities_read__gt=0), left.filter(identities_read=0)
    for outcome, read in ((Outcome.PARTIAL, some), (Outcome.FAILED, none)):
        Scope.objects.filter(pk__in=list(read.values_list("scope_id", flat=True))).update(
            last_attempt_at=at, last_outcome=outcome, last_error_code="DeadlinePassed", last_error_text=_PASSED
        )


def _end(run: CollectionRun, state: str, at: datetime) -> None:
    outcomes = counted_outcomes(run)
    run.state = state
    run.outcome = combined(outcomes)
    run.finished_at = at
    run.save(update_fields=["state", "outcome", "finished_at"])
    data = {"outcome": str(run.outcome), "scopes": len(outcomes), "complete": outcomes.count(Outcome.COMPLETE)}
    record(at=at, actor=None, action=f"run.{state}", target=run, data=data)
    said = {"run": run.pk, "outcome": str(run.outcome), "scopes": len(outcomes)}
    transaction.on_commit(partial(logger.info, f"run_{state}", extra=said))


def counted_scope_runs(run: CollectionRun) -> "models.QuerySet[ScopeRun]":
    """The scopes that the outcome speaks of; a region that proved disabled counts only if it was asked for."""
    counted = run.scope_runs.select_related("scope__account")
    return counted if run.wanted_regions else counted.filter(scope__is_expected=True)


def counted_outcomes(run: CollectionRun) -> list[str]:
    """The outcomes of those scopes."""
    return list(counted_scope_runs(run).values_list("outcome", flat=True))


def combined(outcomes: Collection[str]) -> Outcome:
    """One word for many: complete only if all are; partial if anything was seen; else what they agree on."""
    found = {Outcome(outcome) if outcome else Outcome.FAILED for outcome in outcomes}
    if len(found) == 1:
        return found.pop()
    is_seen = not found.isdisjoint({Outcome.COMPLETE, Outcome.PARTIAL})
    return Outcome.PARTIAL if is_seen else Outcome.FAILED

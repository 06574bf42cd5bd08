"""Results of reading a scope, written under its lease: pages, identities, setbacks, and the outcome."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import models, transaction

from inventory.aws.faults import DENIED_CODES, UNRECOGNIZED_CODES, Fault
from inventory.aws.identities import IdentityFacts
from inventory.aws.listings import Page
from inventory.aws.regions import NOT_ENABLED
from inventory.models import Account, Identity, ListedIdentity, Outcome, Scope, ScopeRun
from inventory.services.audit import record
from inventory.services.collecting.leases import hold
from inventory.services.collecting.readings import Reading
from inventory.services.findings.findings import mark_stale
from inventory.services.judging.reconciliation import reconcile_identity, remove_identity, see_unchanged

logger = logging.getLogger(__name__)

_COUNTED = ("api_calls", "throttled", "failures", "troubled_since")
_SEEN = (Outcome.COMPLETE, Outcome.PARTIAL)
_SOME_UNREAD = "{failed} of {listed} identities could not be read; the first answer was: {text}"


@transaction.atomic
def save_page(reading: Reading, page: Page) -> None:
    """Store the names of a page and the cursor; after the last page also the identities that the listing lacks."""
    job = hold(reading.job_id, reading.fence)
    _list(job, page.names, was_listed=True)
    job.next_token = page.next_token
    job.is_listed = not page.next_token
    if job.is_listed:
        _list(job, _missing(job), was_listed=False)
    job.identities_listed = job.listed.filter(was_listed=True).count()
    _count(job, reading)
    job.save()
    reading.token, reading.is_listed = job.next_token, job.is_listed


def _list(job: ScopeRun, names: Sequence[str], *, was_listed: bool) -> None:
    rows = [ListedIdentity(scope_run=job, name=name, was_listed=was_listed) for name in names]
    ListedIdentity.objects.bulk_create(rows, ignore_conflicts=True)


def _missing(job: ScopeRun) -> list[str]:
    """Identities that we know in this scope and that no page named."""
    known = Identity.objects.live().filter(scope_id=job.scope_id)
    return list(known.exclude(name__in=job.listed.values("name")).order_by("pk").values_list("name", flat=True))


@transaction.atomic
def save_unchanged(reading: Reading, found: Sequence[IdentityFacts], *, at: datetime) -> list[str]:
    """Of identities that were read together, none before ``at``, settle those in which nothing changed: their names."""
    job = hold(reading.job_id, reading.fence)
    names = see_unchanged(found, reading.context, at=at)
    if names:
        _settle(job, reading, names, ListedIdentity.State.READ)
    return names


@transaction.atomic
def save_identity(reading: Reading, facts: IdentityFacts, *, at: datetime) -> None:
    """Store one identity as it was read at ``at``, all of it in one transaction."""
    job = hold(reading.job_id, reading.fence)
    reconcile_identity(facts, reading.context, at=at)
    _settle(job, reading, [facts.name], ListedIdentity.State.READ)


@transaction.atomic
def save_absence(reading: Reading, name: str, *, was_listed: bool, at: datetime) -> None:
    """GetEmailIdentity answered NotFound; the identity is gone only if the complete listing lacked it as well."""
    job = hold(reading.job_id, reading.fence)
    if not was_listed:
        remove_identity(name, reading.context, at=at)
    _settle(job, reading, [name], ListedIdentity.State.GONE)


@transaction.atomic
def save_unreadable(reading: Reading, name: str, fault: Fault) -> None:
    """Leave one identity out of this run; what is known of it stays."""
    job = hold(reading.job_id, reading.fence)
    job.error_code = job.error_code or fault.code
    job.error_text = job.error_text or fault.text
    _settle(job, reading, [name], ListedIdentity.State.FAILED, error_code=fault.code)


def _settle(job: ScopeRun, reading: Reading, names: Sequence[str], state: str, *, error_code: str = "") -> None:
    job.listed.filter(name__in=names).update(state=state, error_code=error_code)
    if state == ListedIdentity.State.READ:
        job.identities_read += len(names)
    _count(job, reading)
    job.save(update_fields=[*_COUNTED, "identities_read", "error_code", "error_text"])
    reading.identities_read = job.identities_read


@transaction.atomic
def save_setback(reading: Reading, name: str = "") -> None:
    """Keep the cursor and the counters after a call that brought nothing."""
    job = hold(reading.job_id, reading.fence)
    if name:
        job.listed.filter(name=name).update(attempts=min(reading.attempts.get(name, 0), 30_000))
    job.next_token, job.listing_source = reading.token, reading.source
    _count(job, reading)
    job.save()


def _count(job: ScopeRun, reading: Reading) -> None:
    job.api_calls, job.throttled = reading.api_calls, reading.throttled
    job.failures, job.troubled_since = reading.failures, reading.troubled_since


@transaction.atomic
def finish_read(reading: Reading, *, at: datetime) -> None:
    """Every identity was asked for: complete, unless some could not be read."""
    job = hold(reading.job_id, reading.fence)
    codes = list(job.listed.filter(state=ListedIdentity.State.FAILED).values_list("error_code", flat=True))
    if not codes:
        job.error_code = job.error_text = ""
        _finish(job, Outcome.COMPLETE, at)
        return
    job.error_text = _SOME_UNREAD.format(failed=len(codes), listed=job.identities_listed, text=job.error_text)
    unread = Outcome.DENIED if DENIED_CODES.issuperset(codes) else Outcome.FAILED
    _finish(job, Outcome.PARTIAL if job.identities_read else unread, at)


@transaction.atomic
def give_up(reading: Reading, outcome: Outcome, fault: Fault, *, at: datetime) -> None:
    """End the scope before it was read to the end."""
    job = hold(reading.job_id, reading.fence)
    _count(job, reading)
    finish_unread(job, outcome, fault, at=at)


def finish_unread(job: ScopeRun, outcome: Outcome, fault: Fault, *, at: datetime) -> None:
    """Give the scope its outcome and the reason, within the running transaction."""
    job.error_code, job.error_text = fault.code, fault.text
    _finish(job, outcome, at)


def _finish(job: ScopeRun, outcome: Outcome, at: datetime) -> None:
    # One scope of an account ends at a time, so that a refusal and the answer beside it always see each other.
    Account.objects.select_for_update(no_key=True, of=("self",)).get(pk=job.scope.account_id)
    job.state, job.outcome = ScopeRun.State.DONE, outcome
    job.finished_at, job.leased_until = at, None
    job.save()
    _save_sight(job, outcome, at)
    if outcome != Outcome.COMPLETE:
        mark_stale(_unread(job))
    settle_disabled(job)
    said = {"run": job.run_id, "scope": str(job.scope), "outcome": str(outcome), "error": job.error_code}
    transaction.on_commit(partial(logger.info, "scope_ended", extra=said))


def _save_sight(job: ScopeRun, outcome: Outcome, at: datetime) -> None:
    scope = Scope.objects.get(pk=job.scope_id)
    before = scope.last_outcome
    scope.last_attempt_at, scope.last_outcome = at, outcome
    scope.last_error_code, scope.last_error_text = job.error_code, job.error_text
    if outcome == Outcome.COMPLETE:
        scope.last_complete_at = at
        scope.baseline_at = scope.baseline_at or at
    if outcome in _SEEN:
        scope.is_expected, scope.unexpected_reason = True, ""
    scope.save()
    if before != outcome:
        data = {"before": before, "after": str(outcome), "error": job.error_code, "run": job.run_id}
        record(at=at, actor=None, action="scope.sight_changed", target=scope, data=data)


def _unread(job: ScopeRun) -> "models.QuerySet[Identity]":
    """Identities of the scope that this run did not read."""
    read = job.listed.filter(state=ListedIdentity.State.READ).values("name")
    return Identity.objects.live().filter(scope_id=job.scope_id).exclude(name__in=read)


def settle_disabled(job: ScopeRun) -> None:
    """Expect nothing where credentials are refused that another region of the account takes: it is not enabled.

    A region that the account itself lists as enabled, or that was expected before, stays expected and unseen.
    """
    siblings = ScopeRun.objects.filter(run_id=job.run_id, scope__account_id=job.scope.account_id)
    if siblings.filter(models.Q(outcome__in=_SEEN) | models.Q(is_listed=True)).exists():
        refused = siblings.filter(is_guess=True, outcome=Outcome.DENIED, error_code__in=UNRECOGNIZED_CODES)
        Scope.objects.filter(pk__in=list(refused.values_list("scope_id", flat=True))).update(
            is_expected=False, unexpected_reason=NOT_ENABLED
        )

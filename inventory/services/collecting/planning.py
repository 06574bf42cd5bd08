"""Planning: the accounts of a run become scopes to read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from django.db import models, transaction

from inventory.aws.accounts import AccountAccess
from inventory.aws.faults import Fault, FaultError, FaultKind
from inventory.aws.regions import AccountRegions, partition_of, regions_of, ses_regions
from inventory.aws.sessions import Sessions
from inventory.models import Account, CollectionRun, Identity, Scope, ScopeRun
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.readings import access_to
from inventory.services.collecting.runs import finish_run
from inventory.services.collecting.scope_results import finish_unread
from inventory.services.collecting.setbacks import outcome_of
from inventory.services.findings.findings import mark_stale

LEFT_OUT = "The region is left out by SESGOV_REGIONS."
NOT_ACTIVE = "The account is {state} in AWS Organizations."
# These may pass by themselves, so the scopes are tried; every other reason bars the whole account.
_PASSING = frozenset({FaultKind.THROTTLED, FaultKind.UNAVAILABLE, FaultKind.MALFORMED})


def plan_runs(
    sessions: Sessions, limits: CollectionLimits, clock: Callable[[], datetime], *, run_id: int | None = None
) -> None:
    """Plan the runs that nobody is planning; an account that was planned before a worker died is not planned again."""
    unplanned = CollectionRun.objects.unfinished().filter(planned_at=None)
    if run_id is not None:
        unplanned = unplanned.filter(pk=run_id)
    for each_id in list(unplanned.values_list("pk", flat=True)):
        run = _take(each_id, limits, clock())
        if run is not None:
            _plan(run, sessions, limits, clock)


def _take(run_id: int, limits: CollectionLimits, at: datetime) -> CollectionRun | None:
    free = models.Q(planning_until=None) | models.Q(planning_until__lt=at)
    taken = CollectionRun.objects.filter(free, pk=run_id, planned_at=None).update(planning_until=at + limits.lease)
    return CollectionRun.objects.get(pk=run_id) if taken else None


def _plan(run: CollectionRun, sessions: Sessions, limits: CollectionLimits, clock: Callable[[], datetime]) -> None:
    wanted = set(run.wanted_accounts) - set(run.planned_accounts)
    accounts = list(Account.objects.managed().filter(account_id__in=wanted).select_related("organization"))
    with ThreadPoolExecutor(limits.threads) as pool:
        asked = [(account, pool.submit(_find, run, account, access_to(account), sessions)) for account in accounts]
        # Who cannot be entered comes last: what is to be seen there follows from the regions of the others.
        for account, answer in sorted(asked, key=lambda each: isinstance(each[1].result(), Fault)):
            plan_account(run.pk, account, answer.result(), at=clock())
    CollectionRun.objects.filter(pk=run.pk).update(planned_at=clock(), planning_until=None)
    finish_run(run.pk, at=clock())


def _find(
    run: CollectionRun, account: Account, access: AccountAccess, sessions: Sessions
) -> AccountRegions | Fault | None:
    """The account's regions, or why it cannot be entered; ``None`` where nothing needs to be asked."""
    if run.wanted_regions or account.state not in (Account.State.ACTIVE, Account.State.PENDING_ACTIVATION):
        return None
    try:
        return regions_of(sessions, access)
    except FaultError as error:
        return error.fault


@transaction.atomic
def plan_account(run_id: int, account: Account, found: AccountRegions | Fault | None, *, at: datetime) -> None:
    """Write the scopes of one account and what is to be read of them; a second time it does nothing."""
    run = CollectionRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if account.account_id in run.planned_accounts:
        return
    if account.state not in (Account.State.ACTIVE, Account.State.PENDING_ACTIVATION):
        reason = NOT_ACTIVE.format(state=account.get_state_display().lower())
        account.scopes.update(is_expected=False, unexpected_reason=reason)
    elif isinstance(found, Fault):
        _plan_barred(run, account, found, at)
    elif found is None:
        scopes = _scopes(account, _of_partition(run.wanted_regions, account.partition))
        _queue(run, scopes, at, guesses=_not_expected_yet(scopes))
    else:
        _plan_found(run, account, found, at)
    run.planned_accounts.append(account.account_id)
    run.save(update_fields=["planned_accounts"])


def _plan_found(run: CollectionRun, account: Account, found: AccountRegions, at: datetime) -> None:
    allowed = set(settings.SESGOV_REGIONS)
    enabled = [region for region in found.enabled if not allowed or region in allowed]
    scopes = _scopes(account, enabled)
    back = account.scopes.filter(region__in=enabled)
    if not found.is_certain:
        back = back.filter(unexpected_reason=LEFT_OUT)
    back.update(is_expected=True, unexpected_reason="")
    _expect_nothing(
        account, {region: reason for region, reason in found.disabled.items() if not allowed or region in allowed}
    )
    if allowed:
        account.scopes.exclude(region__in=allowed).update(is_expected=False, unexpected_reason=LEFT_OUT)
    guesses = () if found.is_certain else [scope for scope in scopes if scope.last_complete_at is None]
    _queue(run, scopes, at, guesses=guesses)


def _plan_barred(run: CollectionRun, account: Account, fault: Fault, at: datetime) -> None:
    """Nobody gets in: every scope that should be there says why it cannot be seen."""
    scopes = _scopes(account, _regions_without_asking(account))
    if fault.kind in _PASSING:
        _queue(run, scopes, at, guesses=_not_expected_yet(scopes))
        return
    for scope in scopes:
        job = ScopeRun.objects.create(run=run, scope=scope, due_at=at, started_at=at)
        finish_unread(job, outcome_of(fault.kind, 0), fault, at=at)


def _regions_without_asking(account: Account) -> list[str]:
    """The account's known scopes, else the regions that other accounts of the partition have, else all of the SDK's."""
    expected = Scope.objects.expected()
    own = set(expected.filter(account=account).values_list("region", flat=True))
    was_entered = models.Q(last_complete_at__isnull=False) | models.Q(last_attempt_at=None)
    others = expected.filter(was_entered, account__partition=account.partition)
    seen = own or set(others.values_list("region", flat=True))
    allowed = set(settings.SESGOV_REGIONS)
    return sorted(region for region in seen or ses_regions(account.partition) if not allowed or region in allowed)


def _scopes(account: Account, regions: Iterable[str]) -> list[Scope]:
    """The rows of these regions, in their order; those that were not there are made."""
    return _stored([Scope(account=account, region=region) for region in regions])


def _stored(wanted: Sequence[Scope]) -> list[Scope]:
    """The rows of scopes of one account: one statement, three where some are new."""
    if not wanted:
        return []
    rows = wanted[0].account.scopes.filter(region__in=[scope.region for scope in wanted])
    found = {scope.region: scope for scope in rows}
    missing = [scope for scope in wanted if scope.region not in found]
    if missing:
        Scope.objects.bulk_create(missing, ignore_conflicts=True)
        found = {scope.region: scope for scope in rows.all()}
    return [found[scope.region] for scope in wanted]


def _of_partition(regions: Sequence[str], partition: str) -> list[str]:
    return [region for region in regions if partition_of(region) == partition]


def _expect_nothing(account: Account, reasons: Mapping[str, str]) -> None:
    wanted = [
        Scope(account=account, region=region, is_expected=False, unexpected_reason=reason)
        for region, reason in reasons.items()
    ]
    for scope in _stored(wanted):
        reason = reasons[scope.region]
        if scope.is_expected or scope.unexpected_reason != reason:
            scope.is_expected = False
            scope.unexpected_reason = reason
            scope.save(update_fields=["is_expected", "unexpected_reason"])
            mark_stale(Identity.objects.live().filter(scope=scope))


def _not_expected_yet(scopes: Iterable[Scope]) -> list[Scope]:
    return [scope for scope in scopes if scope.last_attempt_at is None or not scope.is_expected]


def _queue(run: CollectionRun, scopes: Sequence[Scope], at: datetime, *, guesses: Collection[Scope]) -> None:
    jobs = [ScopeRun(run=run, scope=scope, due_at=at, is_guess=scope in guesses) for scope in scopes]
    ScopeRun.objects.bulk_create(jobs, ignore_conflicts=True)

"""Checks of accounts: asked for as rows, done behind the pages, kept with what was said."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from inventory.aws.accounts import AccountAccess
from inventory.aws.checks import CheckStep, StepName, StepOutcome, check_account
from inventory.aws.pacing import Pacer, Permit
from inventory.aws.sessions import Sessions
from inventory.models import Account, AccountCheck, Outcome, User
from inventory.services.audit import record
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.readings import access_to

_ACTIVE = (Account.State.ACTIVE, Account.State.PENDING_ACTIVATION)
# A check of 34 calls to regions that do not answer takes longer than a slice.
_LEASES = 5
_PLACE = " in {region} of account {account}"


@transaction.atomic
def request_checks(
    *, account_ids: Sequence[str] | None = None, acting_user: User | None, at: datetime
) -> list[AccountCheck]:
    """Ask for a check of these managed accounts, or of all that are active; none where one is under way already."""
    accounts = Account.objects.managed().filter(state__in=_ACTIVE)
    if account_ids is not None:
        accounts = accounts.filter(account_id__in=account_ids)
    # Whoever asks at the same time waits here, and then finds the checks that are under way.
    locked = list(accounts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    busy = set(AccountCheck.objects.unfinished().filter(account__in=locked).values_list("account_id", flat=True))
    checks = [
        AccountCheck(account=account, requested_by=acting_user, requested_at=at)
        for account in locked
        if account.pk not in busy
    ]
    AccountCheck.objects.bulk_create(checks)
    for check in checks:
        record(at=at, actor=acting_user, action="accountcheck.requested", target=check)
    return checks


@dataclass(frozen=True, slots=True)
class Checker:
    """One process's means of checking; credentials are asked for anew with each batch."""

    new_sessions: Callable[[], Sessions]
    pacer: Pacer
    limits: CollectionLimits
    clock: Callable[[], datetime]

    def work(self) -> int:
        """Do a batch of the checks that are due, side by side; returns how many it took up."""
        checks = _lease(self.limits, at=self.clock())
        sessions = self.new_sessions()
        with ThreadPoolExecutor(self.limits.threads) as pool:
            asked = {pool.submit(self._check, sessions, access_to(check.account)): check for check in checks}
            for answer in as_completed(asked):
                _save(asked[answer], answer.result(), at=self.clock())
        return len(checks)

    def _check(self, sessions: Sessions, access: AccountAccess) -> list[CheckStep]:
        def paced(action: str, region: str) -> AbstractContextManager[object]:
            return _permitted(self.pacer, access.account_id, region, action)

        return check_account(sessions, access, allowed_regions=tuple(settings.SESGOV_REGIONS), paced=paced)


@contextmanager
def _permitted(pacer: Pacer, account_id: str, region: str, action: str) -> Iterator[None]:
    """Wait for the pace that collections keep as well."""
    permit = pacer.permit(account_id, region, action)
    while not isinstance(permit, Permit):
        time.sleep(permit)
        permit = pacer.permit(account_id, region, action)
    try:
        yield
    finally:
        pacer.completed(permit)


@transaction.atomic
def _lease(limits: CollectionLimits, *, at: datetime) -> list[AccountCheck]:
    due = AccountCheck.objects.due(at).select_for_update(skip_locked=True, of=("self",)).select_related("account")
    taken = list(due.order_by("pk")[: limits.threads])
    for check in taken:
        check.fence += 1
        check.leased_until = at + limits.lease * _LEASES
    AccountCheck.objects.bulk_update(taken, ["fence", "leased_until"])
    return taken


@transaction.atomic
def _save(check: AccountCheck, steps: Sequence[CheckStep], *, at: datetime) -> None:
    """Keep what was found, unless another worker has taken the check up meanwhile."""
    outcome = outcome_of_steps(steps)
    done = AccountCheck.objects.filter(pk=check.pk, fence=check.fence, checked_at=None).update(
        checked_at=at, leased_until=None, outcome=outcome, steps=gathered(steps, check.account.account_id)
    )
    if done:
        record(at=at, actor=None, action="accountcheck.finished", target=check, data={"outcome": str(outcome)})


def outcome_of_steps(steps: Sequence[CheckStep]) -> Outcome:
    """Complete only if nothing was refused; a region that lists the older way and reads is complete as well."""
    bad = [step for step in steps if step.outcome in (StepOutcome.REFUSED, StepOutcome.UNAVAILABLE)]
    older = {step.place for step in steps if (step.name, step.outcome) == (StepName.LIST_OLDER, StepOutcome.OK)}
    bad = [step for step in bad if not (step.name is StepName.LIST and step.place in older)]
    if not bad:
        return Outcome.COMPLETE
    if any(step.name is StepName.LIST and step.outcome is StepOutcome.OK for step in steps) or older:
        return Outcome.PARTIAL
    is_refused = any(step.outcome is StepOutcome.REFUSED for step in bad)
    return Outcome.DENIED if is_refused else Outcome.UNAVAILABLE


def gathered(steps: Sequence[CheckStep], account_id: str) -> list[dict[str, object]]:
    """The steps as they are stored: those that say the same of several regions are one."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for step in steps:
        text = step.text.replace(_PLACE.format(region=step.place, account=account_id), "") if step.place else step.text
        groups.setdefault((step.name, step.outcome, step.code, text), []).append(step.place)
    return [
        {
            "name": str(name),
            "outcome": str(outcome),
            "code": code,
            "text": text,
            "regions": sorted(place for place in places if place),
        }
        for (name, outcome, code, text), places in groups.items()
    ]

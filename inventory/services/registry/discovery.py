"""Discovery: the accounts of an AWS organization become rows of the registry, page by page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from inventory.aws.accounts import AccountAccess
from inventory.aws.faults import Fault, FaultError, FaultKind
from inventory.aws.organizations import OrganizationFacts, OrganizationReader
from inventory.aws.sessions import Sessions
from inventory.models import Discovery, Organization, Outcome, User
from inventory.services.audit import record
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.leases import LostLeaseError
from inventory.services.collecting.setbacks import outcome_of, pause_after
from inventory.services.judging.reevaluation import reevaluate
from inventory.services.registry.discovery_rows import (
    close_listing,
    finish,
    lease,
    own_organization,
    save_page,
    save_setback,
)

_BROKE_OFF = (
    "The listing broke off after {listed} accounts on {pages} pages. {text} The accounts on the missing pages are as "
    "they were; none was taken for gone. Discover again."
)
_NO_PATHS = "All {listed} accounts were listed, but not all their places in the organization. {text}"
_PASSING = frozenset({FaultKind.UNAVAILABLE, FaultKind.MALFORMED, FaultKind.EXPIRED})


@transaction.atomic
def request_discovery(*, profile: str = "", acting_user: User | None, at: datetime) -> tuple[Discovery, bool]:
    """The discovery under way with this profile and False, or a new one and True."""
    discovery, is_new = Discovery.objects.get_or_create(
        profile=profile, finished_at=None, defaults={"requested_by": acting_user, "requested_at": at}
    )
    if is_new:
        record(at=at, actor=acting_user, action="discovery.requested", target=discovery, data={"profile": profile})
    return discovery, is_new


@dataclass(frozen=True, slots=True)
class Discoverer:
    """One process's means of discovery."""

    sessions: Sessions
    limits: CollectionLimits
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def work(self, *, discovery_id: int | None = None) -> bool:
        """Take up one discovery that is due and go on with it for a slice's time; whether there was one."""
        discovery = lease(self.limits, at=self.clock(), discovery_id=discovery_id)
        if discovery is None:
            return False
        try:
            self._go_on(discovery, self.clock() + self.limits.slice)
        except LostLeaseError:
            # Another worker has it by now.
            return True
        return True

    def work_to_the_end(self, discovery: Discovery, *, on_progress: Callable[[Discovery], None]) -> None:
        """Go on until it is finished, here or by another worker."""
        while discovery.finished_at is None:
            if not self.work(discovery_id=discovery.pk):
                self.sleep(0.5)
            discovery.refresh_from_db()
            on_progress(discovery)

    def _go_on(self, discovery: Discovery, until: datetime) -> None:
        try:
            caller = self.sessions.caller(discovery.profile)
            reader = OrganizationReader.of(self.sessions, profile=discovery.profile, partition=caller.partition)
            facts = reader.describe()
        except FaultError as error:
            self._set_back(discovery, error.fault, self.clock())
            return
        organization = own_organization(discovery, facts, caller, at=self.clock())
        if organization is None:
            return
        while not discovery.is_listed and discovery.finished_at is None:
            try:
                page = reader.page(discovery.next_token)
            except FaultError as error:
                if not self._set_back(discovery, error.fault, until):
                    return
                continue
            save_page(discovery, page, organization, caller.partition, self.limits, at=self.clock())
        if discovery.is_listed:
            self._conclude(discovery, facts, organization)

    def _conclude(self, discovery: Discovery, facts: OrganizationFacts, organization: Organization) -> None:
        """Judge again what the changes concern, then finish: who dies in between is relieved, and nothing is lost."""
        fault = close_listing(discovery, facts, organization, at=self.clock())
        reevaluate(at=self.clock(), accounts=discovery.concerned)
        if fault is not None:
            finish(discovery, Outcome.PARTIAL, _said(discovery, fault), at=self.clock())
        elif discovery.error_code:
            text = _NO_PATHS.format(listed=discovery.listed, text=discovery.error_text)
            finish(discovery, Outcome.PARTIAL, Fault(FaultKind.DENIED, discovery.error_code, text), at=self.clock())
        else:
            finish(discovery, Outcome.COMPLETE, None, at=self.clock())

    def _set_back(self, discovery: Discovery, fault: Fault, until: datetime) -> bool:
        """After a refusal: wait and go on (True), give the rest to a later slice, or end it (False)."""
        now = self.clock()
        if fault.kind is FaultKind.EXPIRED:
            # Who takes it up next asks for credentials anew.
            self.sessions.forget(AccountAccess("", profile=discovery.profile))
            until = now
        if not _may_go_on(discovery, fault, self.limits, now):
            reevaluate(at=now, accounts=discovery.concerned)
            finish(discovery, outcome_of(fault.kind, discovery.listed), _said(discovery, fault), at=now)
            return False
        pause = pause_after(discovery.failures + 1, self.limits)
        is_later = now + timedelta(seconds=pause) >= until
        due_at = now + timedelta(seconds=pause) if is_later else None
        save_setback(discovery, fault, self.limits, at=now, due_at=due_at)
        if not is_later:
            self.sleep(pause)
        return not is_later


def _may_go_on(discovery: Discovery, fault: Fault, limits: CollectionLimits, now: datetime) -> bool:
    if fault.kind is FaultKind.THROTTLED:
        return discovery.troubled_since is None or now - discovery.troubled_since < limits.throttled_for
    is_stale_token = fault.kind is FaultKind.FAILED and bool(discovery.next_token) and discovery.failures == 0
    return is_stale_token or (fault.kind in _PASSING and discovery.failures + 1 < limits.failures_in_a_row)


def _said(discovery: Discovery, fault: Fault) -> Fault:
    if not discovery.pages:
        return fault
    text = _BROKE_OFF.format(listed=discovery.listed, pages=discovery.pages, text=fault.text)
    return Fault(fault.kind, fault.code, text)


def discovered_profiles(*, not_since: datetime) -> list[str]:
    """The profiles with which an organization was found, save where somebody asked again since then."""
    found = set(Discovery.objects.exclude(organization=None).order_by().values_list("profile", flat=True).distinct())
    recent = Discovery.objects.filter(requested_at__gte=not_since).order_by().values_list("profile", flat=True)
    return sorted(found - set(recent))


def is_discovering(*, since: datetime) -> bool:
    """Whether a discovery that was asked for since then still goes on."""
    return Discovery.objects.unfinished().filter(requested_at__gte=since).exists()

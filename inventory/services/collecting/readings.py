"""Readings: a leased scope in a worker's memory, with what is to be asked next."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from inventory.aws.accounts import AccountAccess
from inventory.aws.identities import GET_EMAIL_IDENTITY
from inventory.aws.listings import LIST_EMAIL_IDENTITIES, LIST_IDENTITIES
from inventory.models import Account, ListedIdentity, Scope, ScopeRun
from inventory.services.judging.reconciliation import Context


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make: a page of the listing by its token, or one identity by its name."""

    action: str
    token: str = ""
    name: str = ""
    was_listed: bool = True


@dataclass(slots=True)
class Reading:
    """The cursor and the counters of one scope; the row has them after each write."""

    job_id: int
    fence: int
    scope: Scope
    access: AccountAccess
    context: Context
    source: str
    token: str
    is_listed: bool
    pending: deque[tuple[str, bool]] = field(default_factory=deque)
    attempts: dict[str, int] = field(default_factory=dict)
    identities_read: int = 0
    api_calls: int = 0
    throttled: int = 0
    failures: int = 0
    throttles: int = 0
    troubled_since: datetime | None = None
    troubled_at: datetime | None = None
    not_before: float = 0.0
    in_flight: int = 0
    is_queued: bool = False
    is_over: bool = False

    @classmethod
    def of(cls, job: ScopeRun, context: Context) -> Self:
        """Go on where the row says that the last worker stopped."""
        reading = cls(
            job_id=job.pk,
            fence=job.fence,
            scope=job.scope,
            access=access_to(job.scope.account),
            context=context,
            source=job.listing_source,
            token=job.next_token,
            is_listed=job.is_listed,
            identities_read=job.identities_read,
            api_calls=job.api_calls,
            throttled=job.throttled,
            failures=job.failures,
            troubled_since=job.troubled_since,
        )
        if job.is_listed:
            reading.load_pending()
        return reading

    def load_pending(self) -> None:
        """Read from the rows which identities are still to be read."""
        waiting = ListedIdentity.objects.filter(scope_run_id=self.job_id, state=ListedIdentity.State.PENDING)
        rows = list(waiting.order_by("attempts", "pk").values_list("name", "was_listed", "attempts"))
        self.pending = deque((name, was_listed) for name, was_listed, _ in rows)
        self.attempts = {name: attempts for name, _, attempts in rows if attempts}

    @property
    def action(self) -> str:
        """The action of the next call."""
        if self.is_listed:
            return GET_EMAIL_IDENTITY
        return LIST_EMAIL_IDENTITIES if self.source == "v2" else LIST_IDENTITIES

    @property
    def has_next(self) -> bool:
        """Whether a call may be made now: pages follow each other, identities may be read side by side."""
        if self.is_over:
            return False
        return bool(self.pending) if self.is_listed else self.in_flight == 0

    @property
    def is_read(self) -> bool:
        """Whether nothing is left to ask."""
        return self.is_listed and not self.pending and self.in_flight == 0 and not self.is_over

    def take_next(self) -> Call:
        """The next call; :meth:`put_back` returns it."""
        if not self.is_listed:
            return Call(self.action, token=self.token)
        name, was_listed = self.pending.popleft()
        return Call(GET_EMAIL_IDENTITY, name=name, was_listed=was_listed)

    def put_back(self, call: Call) -> None:
        """The call brought nothing; an identity goes to the end of the queue."""
        if call.name:
            self.pending.append((call.name, call.was_listed))

    def recovered(self) -> None:
        """An answer came: refusals are counted from nought again."""
        self.failures = self.throttles = 0
        self.troubled_since = self.troubled_at = None


def access_to(account: Account) -> AccountAccess:
    """The way into an account, as the registry says."""
    return AccountAccess(
        account_id=account.account_id,
        partition=account.partition,
        role_arn=account.role_arn,
        external_id=account.external_id,
        profile=account.profile,
    )

"""Collection: a slice of reading. Threads call AWS; rows are written by the slice's own thread alone."""

import heapq
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

from django.utils import timezone

from inventory.aws.faults import Fault, FaultError
from inventory.aws.identities import GET_EMAIL_IDENTITY, IdentityFacts, get_email_identity
from inventory.aws.listings import LIST_EMAIL_IDENTITIES, LIST_IDENTITIES, Page, list_email_identities, list_identities
from inventory.aws.pacing import Pacer, Permit
from inventory.aws.sessions import Sessions
from inventory.models import ScopeRun
from inventory.services.collecting.answers import Answer, finish, take_answers
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.leases import LostLeaseError, give_back, lease_scopes
from inventory.services.collecting.readings import Call, Reading
from inventory.services.judging.reconciliation import Context
from inventory.services.judging.registry_view import RegistryView

logger = logging.getLogger(__name__)

_AT_ONCE = 0.0


class Slice:
    """One stretch of reading over leased scopes, in a heap by the next permitted call."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        pacer: Pacer,
        limits: CollectionLimits,
        clock: Callable[[], datetime],
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions, self._pacer, self._limits, self._clock = sessions, pacer, limits, clock
        self._on_progress = on_progress
        self._heap: list[tuple[float, int, Reading]] = []
        self._numbers = count()
        self._flying: set[Future[Answer]] = set()

    def run(self, readings: list[Reading]) -> None:
        """Read until all is read, nothing can be called before the slice ends, or the slice ends."""
        for reading in readings:
            self._queue(reading, _AT_ONCE)
        stop_at = self._now() + self._limits.slice.total_seconds()
        try:
            with ThreadPoolExecutor(self._limits.threads) as pool:
                self._read(pool, stop_at)
                while self._flying:
                    for answers in self._arrivals(stop_at):
                        self._take(answers)
        finally:
            self._give_back(readings)

    def _read(self, pool: ThreadPoolExecutor, stop_at: float) -> None:
        while True:
            self._launch(pool)
            next_at = self._heap[0][0] if self._heap else stop_at
            if self._now() >= stop_at or (not self._flying and next_at >= stop_at):
                return
            has_room = len(self._flying) < self._limits.threads
            for answers in self._arrivals(min(next_at, stop_at) if has_room else stop_at):
                self._take(answers)
                # Writing takes time, in which other calls have fallen due.
                self._launch(pool)

    def _launch(self, pool: ThreadPoolExecutor) -> None:
        while self._heap and self._heap[0][0] <= self._now() and len(self._flying) < self._limits.threads:
            _, _, reading = heapq.heappop(self._heap)
            reading.is_queued = False
            if reading.is_read:
                with self._lease_of(reading):
                    finish(reading, at=self._clock())
                self._on_progress()
            elif reading.not_before > self._now():
                self._queue(reading, reading.not_before)
            elif reading.has_next:
                self._call(pool, reading)

    def _call(self, pool: ThreadPoolExecutor, reading: Reading) -> None:
        permit = self._pacer.permit(reading.access.account_id, reading.scope.region, reading.action)
        if not isinstance(permit, Permit):
            self._queue(reading, self._now() + permit)
            return
        call = reading.take_next()
        reading.in_flight += 1
        self._flying.add(pool.submit(self._ask, reading, call, permit))
        if reading.has_next and reading.in_flight < self._pacer.in_flight:
            self._queue(reading, _AT_ONCE)

    def _ask(self, reading: Reading, call: Call, permit: Permit) -> Answer:
        """Make the call, in a thread of the pool; touches neither the reading nor the database."""
        asked_at = self._clock()
        is_access = True
        result: IdentityFacts | Page | Fault
        try:
            service = "ses" if call.action == LIST_IDENTITIES else "sesv2"
            client = self._sessions.client(reading.access, service, reading.scope.region)
            is_access = False
            result = _ask_ses(client, call, where=f"{reading.scope.region} of account {reading.access.account_id}")
        except FaultError as error:
            result = error.fault
        finally:
            self._pacer.completed(permit)
        return Answer(reading, call, result, is_access, asked_at, self._clock())

    def _arrivals(self, until: float) -> Iterable[list[Answer]]:
        """The answers that are there, or the first to come until that instant; those of one reading together."""
        seconds = max(0.001, until - self._now())
        if not self._flying:
            time.sleep(seconds)
            return ()
        done, self._flying = wait(self._flying, timeout=seconds, return_when=FIRST_COMPLETED)
        if done:
            self._on_progress()
        together: dict[int, list[Answer]] = {}
        for answer in sorted((future.result() for future in done), key=lambda each: each.answered_at):
            together.setdefault(answer.reading.job_id, []).append(answer)
        return together.values()

    def _take(self, answers: list[Answer]) -> None:
        reading, last = answers[0].reading, answers[-1]
        reading.in_flight -= len(answers)
        if reading.is_over:
            return
        with self._lease_of(reading):
            take_answers(answers, self._sessions, self._limits)
        if reading.is_queued:
            return
        if reading.is_read:
            self._queue(reading, _AT_ONCE)
        elif reading.has_next:
            # Another action has a pace of its own.
            pause = self._pacer.interval if reading.action == last.call.action else 0.0
            self._queue(reading, max(reading.not_before, last.answered_at.timestamp() + pause))

    @contextmanager
    def _lease_of(self, reading: Reading) -> Iterator[None]:
        """Write under the lease; without it the scope is another worker's, and this one drops it."""
        try:
            yield
        except LostLeaseError:
            logger.warning("lease_lost", extra={"scope": str(reading.scope)})
            reading.is_over = True

    def _give_back(self, readings: list[Reading]) -> None:
        now = self._clock()
        held = [reading for reading in readings if not reading.is_over]
        give_back(
            [(each.job_id, each.fence, max(now, datetime.fromtimestamp(each.not_before, tz=UTC))) for each in held]
        )

    def _queue(self, reading: Reading, at: float) -> None:
        reading.is_queued = True
        heapq.heappush(self._heap, (at, next(self._numbers), reading))

    def _now(self) -> float:
        return self._clock().timestamp()


def collect_slice(
    *,
    sessions: Sessions,
    pacer: Pacer,
    limits: CollectionLimits,
    clock: Callable[[], datetime],
    run_id: int | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> int:
    """Lease what is due, of one run or of all, and read it for a slice's time; returns the number of scopes leased."""
    jobs = lease_scopes(limits, at=clock(), run_id=run_id)
    if jobs:
        slice_ = Slice(sessions=sessions, pacer=pacer, limits=limits, clock=clock, on_progress=on_progress)
        slice_.run(_readings(jobs, clock()))
    return len(jobs)


def _readings(jobs: list[ScopeRun], at: datetime) -> list[Reading]:
    view = RegistryView(timezone.localdate(at))
    return [Reading.of(job, Context(run=job.run, scope=job.scope, view=view)) for job in jobs]


def _ask_ses(client: object, call: Call, *, where: str) -> IdentityFacts | Page:
    if call.action == GET_EMAIL_IDENTITY:
        return get_email_identity(client, call.name, where=where)
    if call.action == LIST_EMAIL_IDENTITIES:
        return list_email_identities(client, token=call.token, where=where)
    return list_identities(client, token=call.token, where=where)

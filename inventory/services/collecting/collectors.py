"""Collectors: sessions, pace and limits put together from the settings, and the two ways of using them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from redis import Redis

from inventory.aws.pacing import Pacer, RedisPacer
from inventory.aws.sessions import Sessions
from inventory.models import CollectionRun
from inventory.services.collecting.collection import collect_slice
from inventory.services.collecting.collection_limits import CollectionLimits, collection_limits
from inventory.services.collecting.planning import plan_runs
from inventory.services.collecting.runs import abandon_overdue_runs

_POLL_SECONDS = 0.5


def new_sessions(clock: Callable[[], datetime]) -> Sessions:
    """Ways into accounts, as the settings say."""
    return Sessions(
        clock=clock, role_name=settings.SESGOV_ROLE_NAME or "", external_id=settings.SESGOV_EXTERNAL_ID or ""
    )


def new_pacer() -> RedisPacer:
    """The pace that all processes of the installation keep together."""
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=5)
    return RedisPacer(redis, settings.SESGOV_SES_RATE)


@dataclass(frozen=True, slots=True)
class Collector:
    """One process's means of collection; sessions are kept from slice to slice."""

    sessions: Sessions
    pacer: Pacer
    limits: CollectionLimits
    clock: Callable[[], datetime]

    @classmethod
    def from_settings(cls, clock: Callable[[], datetime]) -> Self:
        """As the settings say."""
        return cls(
            sessions=new_sessions(clock),
            pacer=new_pacer(),
            limits=collection_limits(),
            clock=clock,
        )

    def work(self, *, run_id: int | None = None, on_progress: Callable[[], None] = lambda: None) -> int:
        """Plan what is to be planned, then read one slice; returns the number of scopes it had."""
        plan_runs(self.sessions, self.limits, self.clock, run_id=run_id)
        return collect_slice(
            sessions=self.sessions,
            pacer=self.pacer,
            limits=self.limits,
            clock=self.clock,
            run_id=run_id,
            on_progress=on_progress,
        )

    def work_to_the_end(self, run: CollectionRun, *, on_progress: Callable[[], None] = lambda: None) -> None:
        """Read a run slice by slice until it has ended; scopes that another worker holds are waited for."""
        while run.state == CollectionRun.State.RUNNING:
            if not self.work(run_id=run.pk, on_progress=on_progress):
                time.sleep(_POLL_SECONDS)
            abandon_overdue_runs(at=self.clock())
            run.refresh_from_db()
            on_progress()

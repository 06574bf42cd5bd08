"""The replay: each step in its order, with the double and the collector's clock set to its day."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from approvals.services.matching.matching import match_all
from inventory.aws.pacing import IN_FLIGHT_WITHOUT_PACE, Permit
from inventory.aws.sessions import Sessions
from inventory.models import CollectionRun
from inventory.services.collecting.collection_limits import CollectionLimits
from inventory.services.collecting.collectors import Collector
from inventory.services.collecting.runs import start_run
from inventory.services.judging.reevaluation import judge_due
from sesgov.demo.aws_double.client import DoubleClient
from sesgov.demo.estate import World
from sesgov.demo.history import position
from sesgov.demo.history.estate import Place, faults_on, identities_on, world_on
from sesgov.demo.history.position import Position
from sesgov.demo.history.steps import Step

# What follows from an act has followed by then, and the day's readings come later.
ACTED = timedelta(minutes=30)


class SetClock:
    """A clock that was set to an instant of the history and runs on as fast as the real one."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self._behind = timedelta(0)

    def set(self, at: datetime) -> None:
        """It is that instant now."""
        self._behind = self._real() - at

    def __call__(self) -> datetime:
        return self._real() - self._behind


class NoPace:
    """The double answers as fast as it can, and nobody else asks it meanwhile."""

    interval = 0.0
    in_flight = IN_FLIGHT_WITHOUT_PACE

    def permit(self, account_id: str, region: str, action: str) -> Permit:
        """At once."""
        return Permit(f"{account_id}:{region}:{action}", "")

    def completed(self, permit: Permit) -> None:
        """Nothing was counted."""


class Replay:
    """Fills in what is left of the history; ``real`` tells the true time."""

    def __init__(self, double: DoubleClient, *, real: Callable[[], datetime], limits: CollectionLimits) -> None:
        self._double, self._real, self._limits = double, real, limits
        self._clock = clock = SetClock(real)
        self._collector = Collector(sessions=Sessions(clock=clock), pacer=NoPace(), limits=limits, clock=clock)
        self._shown: dict[Place, World] | None = None
        self._refused: list[World] = []

    def to_the_end(self, on_step: Callable[[Step], None] = lambda _: None) -> None:
        """Make the steps that are left, then show the present."""
        at = Position.read(self._real().date())
        if at.is_filled:
            return
        for step in at.left:
            position.begin(step, at=self._real())
            if step.act is None:
                self._look(step)
                position.end(step, at=self._real())
            else:
                self._act(step, step.act)
            on_step(step)
        self._show(0)

    @transaction.atomic
    def _act(self, step: Step, act: Callable[[datetime], None]) -> None:
        act(step.at)
        judge_due(at=step.at + ACTED)
        match_all(at=step.at + ACTED)
        position.end(step, at=self._real())

    def _look(self, step: Step) -> None:
        self._show(step.day)
        run = CollectionRun.objects.filter(trigger=CollectionRun.Trigger.REPLAY, created_at=step.at).first()
        self._clock.set(step.at if run is None else _after(run))
        if run is None:
            run = start_run(
                trigger=CollectionRun.Trigger.REPLAY,
                acting_user=None,
                at=step.at,
                limits=self._limits,
                account_ids=[step.account_id] if step.account_id else (),
                regions=step.regions,
            )
        self._collector.work_to_the_end(run)
        match_all(at=self._clock())

    def _show(self, day: int) -> None:
        """Let the double hold what the estate held on a day. Credentials that it gave stay good: it is not reloaded."""
        wanted = identities_on(day)
        if self._shown is None:
            self._double.load_world(world_on(day))
        else:
            self._change(self._shown, wanted)
        self._shown = wanted
        if faults_on(day) != self._refused:
            self._refused = faults_on(day)
            self._double.clear_faults()
            for fault in self._refused:
                self._double.fault(**fault)

    def _change(self, held: dict[Place, World], wanted: dict[Place, World]) -> None:
        for place in held.keys() - wanted.keys():
            self._double.delete_identity(*place)
        for place, item in wanted.items():
            if held.get(place) != item:
                account_id, region, name = place
                facts = {key: value for key, value in item.items() if key not in ("name", "region")}
                self._double.put_identity(account_id, region, name, **facts)


def _after(run: CollectionRun) -> datetime:
    """An instant at which whoever died over the run holds nothing of it any more."""
    held = run.scope_runs.aggregate(leased=Max("leased_until"), finished=Max("finished_at"))
    known = (run.created_at, run.planning_until, held["leased"], held["finished"])
    return max(each for each in known if each is not None) + timedelta(seconds=1)

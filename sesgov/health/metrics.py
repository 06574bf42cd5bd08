"""Numbers for Prometheus, in its text format; over the whole estate, so only for who reads all of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from redis.exceptions import RedisError

from inventory.models import CollectionRun, Finding, Identity, Scope, ScopeRun, Severity, UnsealedEvent
from inventory.services.audit_chain.checks import last_check
from inventory.services.heartbeats import last_beat
from inventory.words import SIGHT
from sesgov.health.parts import last_complete_run

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric; ``samples`` maps the value of its one label to a number, "" where it has none.

    What is not known has no sample: a 0 would be a measurement.
    """

    name: str
    text: str
    samples: Mapping[str, float]
    label: str = ""

    def lines(self) -> Iterator[str]:
        """As Prometheus reads it."""
        yield f"# HELP sesgov_{self.name} {self.text}"
        yield f"# TYPE sesgov_{self.name} gauge"
        for value, number in self.samples.items():
            label = f'{{{self.label}="{value}"}}' if self.label else ""
            yield f"sesgov_{self.name}{label} {number:.15g}"


def page(at: datetime) -> str:
    """All metrics."""
    return "\n".join(line for gauge in _gauges(at) for line in gauge.lines()) + "\n"


def _gauges(at: datetime) -> Iterator[Gauge]:
    yield Gauge("worker_heartbeat_timestamp_seconds", "Last sign of life of a worker.", _heartbeat())
    yield Gauge("last_complete_run_timestamp_seconds", "End of the last run that saw everything.", _last_complete())
    sights = Counter(scope.sight(at) for scope in Scope.objects.select_related("account").iterator())
    yield Gauge("scopes", "Account regions by how they are seen.", {sight: sights[sight] for sight in SIGHT}, "sight")
    yield from _audit()
    running = CollectionRun.objects.unfinished()
    yield Gauge("runs_unfinished", "Collection runs under way.", {"": running.count()})
    waiting = ScopeRun.objects.filter(run__in=running).unfinished()
    yield Gauge("scope_runs_unfinished", "Account regions that a run has yet to finish.", {"": waiting.count()})
    yield Gauge("identities", "Identities that exist.", {"": Identity.objects.live().count()})
    severities = Finding.objects.open().order_by().values_list("severity").annotate(number=Count("pk"))
    found = dict.fromkeys(Severity.values, 0) | dict(severities)
    yield Gauge("findings_open", "Open findings, accepted ones included.", found, "severity")


def _audit() -> Iterator[Gauge]:
    check = last_check()
    holds = {} if check is None else {"": float(not check.problem)}
    checked = {} if check is None else {"": check.checked_at.timestamp()}
    yield Gauge("audit_chain_holds", "1 where the chain held at the last check, else 0.", holds)
    yield Gauge("audit_chain_checked_timestamp_seconds", "When the chain was last checked.", checked)
    yield Gauge("audit_events_unsealed", "Events that wait for their link.", {"": UnsealedEvent.objects.count()})


def _heartbeat() -> dict[str, float]:
    try:
        seconds = last_beat()
    except RedisError:
        return {}
    return {} if seconds is None else {"": seconds}


def _last_complete() -> dict[str, float]:
    run = last_complete_run()
    return {} if run is None or run.finished_at is None else {"": run.finished_at.timestamp()}

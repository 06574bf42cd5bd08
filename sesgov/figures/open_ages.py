"""How old open findings are, by severity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from inventory.models import Finding, FindingEpisode, RiskAcceptance, Severity
from sesgov.figures.facts import Facts
from sesgov.figures.shapes import Link, list_url

# First and last whole day of each bucket.
_BUCKETS: Mapping[str, tuple[int, int | None]] = {"0-7": (0, 7), "8-30": (8, 30), "31-90": (31, 90), "91-": (91, None)}
HEADS = ("0 to 7 days", "8 to 30", "31 to 90", "more than 90")


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Open findings of one severity, or of all, by age; ``accepted`` are in no other number.

    Links lead to lists of those lengths; of a day that is over they have no address.
    """

    label: str
    severity: str
    ages: tuple[Link, ...]
    total: Link
    accepted: Link


def open_ages(facts: Facts) -> list[AgeRow]:
    """Findings open at the instant and accepted by nobody, by whole days since they were found, then all together.

    Hints are left out. The severity is today's. Two people's acceptance counts from their decision to its last day.
    """
    rows = (
        _open_episodes(facts)
        .values("finding__severity")
        .annotate(
            accepted=Count("pk", filter=Q(is_accepted=True)),
            **{key: Count("pk", filter=_of_bucket(key, facts) & Q(is_accepted=False)) for key in _BUCKETS},
        )
    )
    counted = {row.pop("finding__severity"): row for row in rows}
    severities = [each for each in Severity if each is not Severity.INFO]
    found = [_row(each.label, each.value, counted.get(each.value, {}), facts) for each in severities]
    everything = {key: sum(row.get(key, 0) for row in counted.values()) for key in (*_BUCKETS, "accepted")}
    return [*found, _row("All", "", everything, facts)]


def _open_episodes(facts: Facts) -> QuerySet[Any, Any]:
    accepted = RiskAcceptance.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=facts.at),
        finding=OuterRef("finding"),
        decision=RiskAcceptance.Decision.APPROVED,
        decided_at__lte=facts.at,
        until__gte=facts.day.on,
    )
    rows = FindingEpisode.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=facts.at), opened_at__lte=facts.at
    ).exclude(finding__severity=Severity.INFO)
    if not facts.user.reads_inventory:
        rows = rows.filter(finding__in=Finding.objects.visible_to(facts.user).order_by().values("pk"))
    return rows.order_by().annotate(is_accepted=Exists(accepted))


def _of_bucket(key: str, facts: Facts) -> Q:
    first, last = _BUCKETS[key]
    old = Q(opened_at__lte=facts.at - timedelta(days=first))
    return old if last is None else old & Q(opened_at__gt=facts.at - timedelta(days=last + 1))


def _row(label: str, severity: str, counted: Mapping[str, int], facts: Facts) -> AgeRow:
    def link(count: int, **parameters: str) -> Link:
        narrowed = {name: value for name, value in {"severity": severity, **parameters}.items() if value}
        return Link("", count, list_url("finding", **narrowed) if facts.on is None else "")

    ages = tuple(link(counted.get(key, 0), age=key) for key in _BUCKETS)
    return AgeRow(
        label,
        severity,
        ages,
        link(sum(each.count for each in ages)),
        link(counted.get("accepted", 0), status="accepted"),
    )

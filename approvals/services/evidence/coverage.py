"""Coverage: what was read in the period of a review, for how long what was not, and by which runs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from approvals.models import Campaign
from approvals.services.evidence.periods import period
from inventory.models import CollectionRun, Outcome, ScopeRun

_CHUNK = 5000
_Place = tuple[str, str]


def accounts(campaign: Campaign) -> dict[str, object]:
    """Account regions that were expected at staging, those that were seen, and the others with their reasons."""
    regions: list[dict[str, Any]] = campaign.completeness
    failed = [each for each in regions if each["problem"]]
    unused = [each for each in regions if each["declared_unused_until"]]
    return {
        "expected": len(regions),
        "collected": len(regions) - len(failed) - len(unused),
        "declared_unused": len(unused),
        "failed": failed,
        "regions": regions,
    }


def longest_unseen(campaign: Campaign) -> list[dict[str, Any]]:
    """For each region of :func:`accounts`, the longest stretch of the period without a complete reading, worst first.

    ``hours`` are whole ones, rounded down; ``readings`` is 0 where nothing was read at all, so that the stretch is the
    whole period. A period that is not over at the staging ends there.
    """
    begin, end = looked_at(campaign)
    whole = _stretch([], begin, end)
    read = dict(_stretches(campaign, begin, end))
    places = [(each["account"], each["region"]) for each in campaign.completeness]
    found: list[dict[str, Any]] = [
        {"account": place[0], "region": place[1], **read.get(place, whole)} for place in places
    ]
    return sorted(found, key=lambda each: -each["hours"])


def looked_at(campaign: Campaign) -> tuple[datetime, datetime]:
    """The part of the period that lies before the staging."""
    begin, end = period(campaign)
    return begin, max(begin, min(end, campaign.staged_at or end))


def runs(campaign: Campaign) -> list[int]:
    """The runs of the period, and those up to the staging."""
    begin, end = period(campaign)
    found = CollectionRun.objects.filter(created_at__gte=begin, created_at__lt=max(end, campaign.staged_at or end))
    return list(found.order_by("pk").values_list("pk", flat=True))


def verifying_runs(campaign: Campaign) -> list[int]:
    """The runs whose readings showed that something was removed."""
    found = campaign.items.exclude(verified_by_run=None).order_by("verified_by_run").distinct()
    return list(found.values_list("verified_by_run", flat=True))


def _stretches(campaign: Campaign, begin: datetime, end: datetime) -> Iterator[tuple[_Place, Mapping[str, object]]]:
    """In one query, a region at a time."""
    wanted = {each["account"] for each in campaign.completeness}
    looks = ScopeRun.objects.filter(
        outcome=Outcome.COMPLETE,
        finished_at__gte=begin,
        finished_at__lt=end,
        scope__account__account_id__in=wanted,
    )
    columns = ("scope__account__account_id", "scope__region", "finished_at")
    rows = looks.order_by(*columns).values_list(*columns)
    for place, found in groupby(rows.iterator(chunk_size=_CHUNK), key=lambda row: (row[0], row[1])):
        yield place, _stretch((row[2] for row in found if row[2]), begin, end)


def _stretch(instants: Iterable[datetime], begin: datetime, end: datetime) -> dict[str, object]:
    seen = [begin, *instants, end]
    earlier, later = max(pairwise(seen), key=lambda two: two[1] - two[0])
    return {
        "hours": (later - earlier) // timedelta(hours=1),
        "from": earlier.astimezone(UTC).isoformat(),
        "to": later.astimezone(UTC).isoformat(),
        "readings": len(seen) - 2,
    }

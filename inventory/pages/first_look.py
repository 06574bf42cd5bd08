"""The first look: how much was found at first, what became of it, and which few steps remove most of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from inventory.models import Finding, Scope, Severity, User
from inventory.models.findings import ACCEPTED, FindingQuerySet
from inventory.rows.finding_groups import BY_VENDOR, DIMENSIONS, Dimension, grouped, share_text
from inventory.services.findings.cases import first_cases

STEPS, CASES = 12, 8
# The share of the exposure that the sentence about the first steps speaks of, in percent.
MOST = 80
_SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Step:
    """One group and what ending it removes; ``running`` is the share of all steps so far, in percent."""

    label: str
    url: str
    worst: str
    findings: int
    identities: int
    share: str
    running: int
    running_text: str


@dataclass(frozen=True, slots=True)
class LinkedCount:
    """A number with the list of exactly that length."""

    label: str
    number: int
    url: str


def first_look_context(user: User, on: date, by: str) -> dict[str, object]:
    """Everything on the page: ten queries at most, whatever was found."""
    dimension = next((each for each in DIMENSIONS if each.key == by), BY_VENDOR)
    found = Finding.objects.visible_to(user).counted().of_first_look()
    rest = found.open().unaccepted(on)
    counts = _counts(found, on)
    steps, groups = _steps(rest, dimension)
    return {
        "counts": counts,
        "parts": _parts(counts),
        "work": _work(counts),
        "identities": counts["identities"],
        "places": _places(user),
        "dimension": dimension,
        "dimensions": DIMENSIONS,
        "steps": steps,
        "groups": groups,
        "enough": next((number for number, step in enumerate(steps, 1) if step.running >= MOST), None),
        "all_groups": _url({"first": "yes", "group": dimension.key}),
        "cases": first_cases(rest, CASES),
        "all_cases": f"{reverse('inventory:case_list')}?first=yes",
    }


def _counts(found: FindingQuerySet, on: date) -> Mapping[str, int]:
    is_gone = Q(presence=Finding.Presence.ABSENT)
    is_accepted = ~is_gone & Q(disposition__in=ACCEPTED, disposition_until__gte=on)
    is_rest = ~is_gone & ~Q(disposition__in=ACCEPTED, disposition_until__gte=on)
    is_new = Q(disposition=Finding.Disposition.NEW) | Q(disposition__in=ACCEPTED)
    counts: dict[str, int] = found.order_by().aggregate(
        found=Count("pk"),
        identities=Count("identity", distinct=True),
        gone=Count("pk", filter=is_gone),
        accepted=Count("pk", filter=is_accepted),
        rest=Count("pk", filter=is_rest),
        new=Count("pk", filter=is_rest & is_new),
        triaged=Count("pk", filter=is_rest & Q(disposition=Finding.Disposition.TRIAGED)),
        in_remediation=Count("pk", filter=is_rest & Q(disposition=Finding.Disposition.IN_REMEDIATION)),
        nobodys=Count("pk", filter=is_rest & Q(assignee=None)),
    )
    return counts


def _parts(counts: Mapping[str, int]) -> list[LinkedCount]:
    """What was found, and what became of it: the last three make the first."""
    return [
        LinkedCount("found at first", counts["found"], _url({"first": "yes", "status": "ever"})),
        LinkedCount("still to be dealt with", counts["rest"], _url({"first": "yes"})),
        LinkedCount("accepted, with an end", counts["accepted"], _url({"first": "yes", "status": "accepted"})),
        LinkedCount("no longer there", counts["gone"], _url({"first": "yes", "status": "gone"})),
    ]


def _work(counts: Mapping[str, int]) -> list[LinkedCount]:
    standing = [
        LinkedCount(Finding.Disposition(name).label.lower(), counts[name], _url({"first": "yes", "standing": name}))
        for name in ("new", "triaged", "in_remediation")
    ]
    return [
        *standing,
        LinkedCount("assigned to nobody", counts["nobodys"], _url({"first": "yes", "assignee": "nobody"})),
    ]


def _places(user: User) -> Mapping[str, int]:
    """Expected account regions: all, and those that have had their first complete look."""
    rows = Scope.objects.expected().filter(pk__in=Scope.objects.visible_to(user).order_by().values("pk"))
    counts: dict[str, int] = rows.aggregate(
        expected=Count("pk"), looked=Count("pk", filter=Q(baseline_at__isnull=False))
    )
    return counts | {"waiting": counts["expected"] - counts["looked"]}


def _steps(findings: FindingQuerySet, dimension: Dimension) -> tuple[list[Step], int]:
    """The heaviest groups with the share that they remove together, and how many groups there are."""
    rows = grouped(findings, dimension)
    heaviest: list[dict[str, Any]] = list(rows[:STEPS])
    labels = dimension.labels(row["value"] for row in heaviest)
    steps, removed = [], 0
    for row in heaviest:
        removed += row["points"]
        steps.append(_step(row, removed, labels.get(row["value"]) or row["value"], dimension))
    return steps, rows.count() if len(steps) == STEPS else len(steps)


def _step(row: Mapping[str, Any], removed: int, label: str, dimension: Dimension) -> Step:
    return Step(
        label=label,
        url=_url({"first": "yes", dimension.key: row["value"]}),
        worst=_SEVERITIES[row["worst"]],
        findings=row["findings"],
        identities=row["identities"],
        share=share_text(row["points"], row["total"]),
        running=100 * removed // row["total"] if row["total"] else 0,
        running_text=share_text(removed, row["total"]),
    )


def _url(parameters: Mapping[str, str]) -> str:
    return f"{reverse('inventory:finding_list')}?{urlencode(parameters)}"

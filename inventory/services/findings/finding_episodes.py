"""Findings come and go: rows, episodes and the audit row, for as many findings as one change touches, in bulk."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce

from inventory.models import CollectionRun, Finding, FindingEpisode, Identity
from inventory.models.findings import SEVERITY_RANK
from inventory.services.findings.acceptance_ends import end_for_closed, end_for_worse
from inventory.services.findings.finding_rows import Wanted

Reason = FindingEpisode.Reason
Presence = Finding.Presence


@dataclass(slots=True)
class Changes:
    """Findings by what became of them; ``closed`` with the reason, ``severity`` with the severity before."""

    opened: list[Finding] = field(default_factory=list)
    reopened: list[Finding] = field(default_factory=list)
    closed: list[tuple[Finding, Reason]] = field(default_factory=list)
    severity: list[tuple[Finding, str]] = field(default_factory=list)
    reworded: list[Finding] = field(default_factory=list)
    unchanged: list[Finding] = field(default_factory=list)

    def audited(self) -> dict[str, object]:
        """For the audit trail; empty where nothing happened that people decide by."""
        said: dict[str, list[dict[str, object]]] = {
            "opened": [_named(finding) for finding in self.opened],
            "reopened": [_named(finding) for finding in self.reopened],
            "resolved": [_named(finding) | {"reason": reason.value} for finding, reason in self.closed],
            "severity": [_named(finding) | {"before": before} for finding, before in self.severity],
        }
        return {name: entries for name, entries in said.items() if entries}


def compare(
    wanted: Mapping[str, Wanted],
    known: Iterable[Finding],
    reason_of: Callable[[Finding], Reason],
    *,
    at: datetime,
    seen: int | None,
) -> Changes:
    """What has to happen so that the known findings are those that are wanted; the findings are already altered.

    ``seen`` is the id of the identity that was just read, ``None`` where stored facts are judged again: nobody has
    looked at any other, so what is stale there stays so.
    """
    changes = Changes()
    by_key = {finding.key: finding for finding in known}
    for key, wish in wanted.items():
        finding = by_key.get(key)
        if finding is None:
            changes.opened.append(_new(wish, at))
        else:
            _meet(finding, wish, changes, seen_at=at if finding.identity_id == seen else None)
    for key, finding in by_key.items():
        if key not in wanted and finding.presence != Presence.ABSENT:
            finding.presence = Presence.ABSENT
            changes.closed.append((finding, reason_of(finding)))
    return changes


def write(changes: Changes, *, at: datetime, run: CollectionRun | None, is_baseline: bool) -> None:
    """Store the changes: a fixed number of statements, however many findings there are."""
    Finding.objects.bulk_create(changes.opened)
    altered = [*changes.reopened, *(finding for finding, _ in changes.severity), *changes.reworded]
    if altered:
        unique = {finding.pk: finding for finding in altered}
        columns = ["presence", "severity", "severity_rank", "evidence", "last_seen_at"]
        Finding.objects.bulk_update(unique.values(), columns)
    worse = [each for each, before in changes.severity if SEVERITY_RANK[each.severity] < SEVERITY_RANK[before]]
    if worse:
        end_for_worse(worse, at=at)
    if changes.unchanged:
        Finding.objects.filter(pk__in=[finding.pk for finding in changes.unchanged]).update(
            presence=Presence.PRESENT, last_seen_at=at
        )
    _close(changes, at, run)
    FindingEpisode.objects.bulk_create(
        FindingEpisode(finding=finding, opened_at=at, is_baseline=is_baseline, opened_by_run=run)
        for finding in (*changes.opened, *changes.reopened)
    )
    _count_open(changes)


def _count_open(changes: Changes) -> None:
    """Repeat on the identities how many findings are open: one statement; all copies of the name are locked."""
    closed, regraded = (finding for finding, _ in changes.closed), (finding for finding, _ in changes.severity)
    touched = {finding.identity_id for finding in (*changes.opened, *changes.reopened, *closed, *regraded)}
    if not touched:
        return
    counted = Finding.objects.open().counted().filter(identity=models.OuterRef("pk")).order_by()
    number = counted.values("identity").annotate(number=models.Count("pk")).values("number")
    Identity.objects.filter(pk__in=touched).update(open_finding_count=Coalesce(models.Subquery(number), 0))


def _close(changes: Changes, at: datetime, run: CollectionRun | None) -> None:
    closed: dict[Reason, list[int]] = {}
    for finding, reason in changes.closed:
        closed.setdefault(reason, []).append(finding.pk)
    for reason, keys in closed.items():
        open_episodes = FindingEpisode.objects.filter(finding__in=keys, closed_at=None)
        open_episodes.update(closed_at=at, reason=reason, closed_by_run=run)
    if closed:
        gone = [finding.pk for finding, _ in changes.closed]
        Finding.objects.filter(pk__in=gone).update(presence=Presence.ABSENT)
        end_for_closed(gone, at=at)


def _meet(finding: Finding, wish: Wanted, changes: Changes, *, seen_at: datetime | None) -> None:
    if finding.severity != wish.severity:
        changes.severity.append((finding, finding.severity))
    elif finding.evidence != wish.evidence:
        changes.reworded.append(finding)
    if finding.presence == Presence.ABSENT:
        changes.reopened.append(finding)
        finding.presence = Presence.PRESENT
    elif seen_at and finding.severity == wish.severity and finding.evidence == wish.evidence:
        changes.unchanged.append(finding)
    finding.severity = wish.severity.value
    finding.severity_rank = wish.severity.rank
    finding.evidence = wish.evidence
    if seen_at is not None:
        finding.presence = Presence.PRESENT
        finding.last_seen_at = seen_at


def _new(wish: Wanted, at: datetime) -> Finding:
    return Finding(
        key=wish.key,
        rule_id=wish.rule_id,
        identity=wish.identity,
        policy_name=wish.policy,
        subject=wish.subject,
        severity=wish.severity.value,
        severity_rank=wish.severity.rank,
        presence=Presence.PRESENT,
        evidence=wish.evidence,
        first_opened_at=at,
        last_seen_at=at,
    )


def _named(finding: Finding) -> dict[str, object]:
    return {"finding": finding.pk, "rule": finding.rule_id, "severity": finding.severity, "subject": finding.subject}

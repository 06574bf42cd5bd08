"""Acceptances end with what they were given for: a finding that closes, or that becomes worse than was accepted."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils import timezone

from inventory.models import Finding, RiskAcceptance
from inventory.models.findings import SEVERITY_RANK
from inventory.services.audit import record_all

Decision = RiskAcceptance.Decision
EndReason = RiskAcceptance.EndReason


def end_for_closed(findings: Iterable[int], *, at: datetime) -> None:
    """Call it after the rows of the findings are written: whoever decides holds them first, and is seen here.

    With the episode ends all that was said of it: a finding that comes back is new, and needs a new acceptance.
    """
    keys = list(findings)
    _end(RiskAcceptance.objects.filter(finding__in=keys), EndReason.CLOSED, at)
    said = Finding.objects.filter(pk__in=keys).exclude(disposition=Finding.Disposition.NEW)
    said.update(disposition=Finding.Disposition.NEW, disposition_until=None)


def end_for_worse(findings: Iterable[Finding], *, at: datetime) -> None:
    """Findings as they are now, each worse than before; what was accepted at this severity or a worse one stays."""
    milder = models.Q(pk__in=[])
    for finding in findings:
        less = [name for name, rank in SEVERITY_RANK.items() if rank > SEVERITY_RANK[finding.severity]]
        milder |= models.Q(finding=finding.pk, severity__in=less)
    ended = _end(RiskAcceptance.objects.filter(milder), EndReason.WORSE, at)
    accepted = Finding.objects.filter(pk__in=ended)
    accepted.update(disposition=Finding.Disposition.NEW, disposition_until=None)


def _end(acceptances: "models.QuerySet[RiskAcceptance]", reason: "EndReason", at: datetime) -> list[int]:
    """The findings whose acceptance ended; one that was only asked for lapses."""
    on = timezone.localdate(at)
    alive = models.Q(decision=Decision.PENDING) | models.Q(decision=Decision.APPROVED, ended_at=None, until__gte=on)
    rows = list(acceptances.filter(alive).select_for_update(of=("self",)).order_by("pk"))
    for each in rows:
        if each.decision == Decision.PENDING:
            each.decision, each.decided_at = Decision.LAPSED, at
        else:
            each.ended_at, each.end_reason = at, reason
    RiskAcceptance.objects.bulk_update(rows, ["decision", "decided_at", "ended_at", "end_reason"])
    for action, ended in (("acceptance.lapsed", False), ("acceptance.ended", True)):
        targets = [(each, {"reason": reason.value}) for each in rows if (each.ended_at is not None) is ended]
        record_all(at=at, actor=None, action=action, targets=targets)
    return [each.finding_id for each in rows if each.ended_at is not None]

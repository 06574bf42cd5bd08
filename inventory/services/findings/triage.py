"""Triage: what people say of findings, one by one or many at once. Presence stays the collector's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from inventory.models import Finding, User
from inventory.services.audit import record_all
from inventory.services.refusals import RefusedError

Disposition = Finding.Disposition
BY_HAND = (Disposition.NEW, Disposition.TRIAGED, Disposition.IN_REMEDIATION)
MOST_AT_ONCE = 500


@dataclass(slots=True)
class Triaged:
    """What became of each finding that was asked for; ``refused`` with the reason."""

    changed: list[Finding] = field(default_factory=list)
    unchanged: list[Finding] = field(default_factory=list)
    refused: list[tuple[Finding, str]] = field(default_factory=list)


@transaction.atomic
def set_disposition(findings: Iterable[int], disposition: str, *, acting_user: User, at: datetime) -> Triaged:
    """Say how far the work on findings is; each has its own row in the audit trail, refused ones change nothing.

    An acceptance is asked for, not set: see :mod:`inventory.services.findings.risk_acceptances`.
    """
    if disposition not in BY_HAND:
        raise RefusedError("disposition", "Choose New, Triaged or In remediation. An acceptance needs two people.")
    on = timezone.localdate(at)
    triaged = _sorted_out(
        findings, acting_user, lambda each: _why_not(each, on), lambda each: each.disposition == disposition
    )
    before = {each.pk: each.disposition for each in triaged.changed}
    for each in triaged.changed:
        each.disposition, each.disposition_until = disposition, None
    Finding.objects.bulk_update(triaged.changed, ["disposition", "disposition_until"])
    changes = ((each, {"before": before[each.pk], "after": disposition}) for each in triaged.changed)
    record_all(at=at, actor=acting_user, action="finding.triaged", targets=changes)
    return triaged


@transaction.atomic
def assign(findings: Iterable[int], assignee: User | None, *, acting_user: User, at: datetime) -> Triaged:
    """Hand findings to somebody who may act on them, or to nobody; audited one by one."""
    wanted = set(findings)
    able = set(_able(wanted, assignee)) if assignee else wanted
    triaged = _sorted_out(
        wanted,
        acting_user,
        lambda each: (
            "" if each.pk in able else f"{assignee} may not act on it: they are neither its owner nor security."
        ),
        lambda each: each.assignee_id == (assignee.pk if assignee else None),
    )
    before = {each.pk: str(each.assignee or "") for each in triaged.changed}
    for each in triaged.changed:
        each.assignee = assignee
    Finding.objects.bulk_update(triaged.changed, ["assignee"])
    changes = ((each, {"before": before[each.pk], "after": str(assignee or "")}) for each in triaged.changed)
    record_all(at=at, actor=acting_user, action="finding.assigned", targets=changes)
    return triaged


def _able(findings: set[int], assignee: User) -> Iterable[int]:
    if not assignee.is_active:
        return ()
    return Finding.objects.actionable_by(assignee).filter(pk__in=findings).values_list("pk", flat=True)


def _sorted_out(
    wanted: Iterable[int],
    acting_user: User,
    why_not: Callable[[Finding], str],
    is_so: Callable[[Finding], bool],
) -> Triaged:
    """The findings, locked, by what is to happen with them; one that is not seen is not spoken of."""
    keys = set(wanted)
    if len(keys) > MOST_AT_ONCE:
        raise RefusedError("findings", f"{len(keys)} findings are chosen; at most {MOST_AT_ONCE} change at once.")
    rows = list(Finding.objects.visible_to(acting_user).filter(pk__in=keys).order_by("severity_rank", "pk"))
    own = Finding.objects.actionable_by(acting_user).filter(pk__in=keys)
    may = set(own.values_list("pk", flat=True))
    if rows and not may:
        raise PermissionDenied
    # Passed over rather than waited for: a reading that writes them holds several, in an order of its own.
    free = Finding.objects.filter(pk__in=may).select_for_update(skip_locked=True, of=("self",), no_key=True)
    locked = {each.pk: each for each in free.select_related("assignee")}
    triaged = Triaged()
    for row in rows:
        finding = locked.get(row.pk)
        if finding is None:
            busy = "It is being written at this moment; choose it again."
            triaged.refused.append((row, busy if row.pk in may else "Only its owner and security act on it."))
        elif is_so(finding):
            triaged.unchanged.append(finding)
        elif reason := why_not(finding):
            triaged.refused.append((finding, reason))
        else:
            triaged.changed.append(finding)
    return triaged


def _why_not(finding: Finding, on: date) -> str:
    if finding.presence == Finding.Presence.ABSENT:
        return "It is no longer there."
    if finding.is_accepted(on):
        return f"It is accepted until {finding.disposition_until}; end the acceptance first."
    return ""

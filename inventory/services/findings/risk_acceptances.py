"""Risk acceptances: one person asks, another decides, and the calendar ends what they agreed on."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from inventory.models import Finding, RiskAcceptance, Severity, User
from inventory.models.findings import SEVERITY_RANK
from inventory.models.roles import DECIDES_ACCEPTANCES
from inventory.services.audit import record
from inventory.services.refusals import ConflictError, RefusedError, check_text
from inventory.services.settings.in_force import in_force

Decision = RiskAcceptance.Decision
Kind = RiskAcceptance.Kind

FEWEST_WORDS = 5
LONGEST_TEXT = 4000
_DISPOSITIONS = {
    Kind.RISK: Finding.Disposition.RISK_ACCEPTED,
    Kind.FALSE_POSITIVE: Finding.Disposition.FALSE_POSITIVE,
}


def last_day(severity: str, on: date) -> date:
    """The latest end that may be asked for on a day; one query."""
    return on + timedelta(days=in_force().accepted_days[Severity(severity)])


@transaction.atomic
def ask_acceptance(
    finding: Finding, *, kind: str, justification: str, until: date, acting_user: User, at: datetime
) -> RiskAcceptance:
    """Ask that a finding may stand until a day, that day included; nothing changes before somebody else agrees."""
    if not Finding.objects.actionable_by(acting_user).filter(pk=finding.pk).exists():
        raise PermissionDenied
    locked = _locked(finding.pk)
    _check_open(locked)
    if kind not in Kind.values:
        raise RefusedError("kind", "Choose Risk accepted or False positive.")
    text = _checked_text(justification)
    _check_until(until, locked, timezone.localdate(at))
    if RiskAcceptance.objects.pending().filter(finding=locked).exists():
        raise ConflictError("Somebody has already asked for this finding; that request waits for a decision.")
    acceptance = RiskAcceptance.objects.create(
        finding=locked,
        kind=kind,
        severity=locked.severity,
        requested_by=acting_user,
        requested_at=at,
        justification=text,
        until=until,
    )
    _record("acceptance.requested", acceptance, acting_user, at, kind=kind, until=until, justification=text)
    return acceptance


@transaction.atomic
def decide_acceptance(
    acceptance_id: int, *, is_approved: bool, comment: str, acting_user: User, at: datetime
) -> RiskAcceptance:
    """Approve or reject, once, by somebody of security who did not ask."""
    if not acting_user.has_role(DECIDES_ACCEPTANCES):
        raise PermissionDenied
    acceptance, finding = _held(acceptance_id)
    if acceptance.requested_by_id == acting_user.pk:
        raise RefusedError("decision", "You asked for it. Somebody else of security has to decide.")
    _check_pending(acceptance)
    said = comment.replace("\r\n", "\n").strip()
    check_text("comment", said, LONGEST_TEXT)
    if is_approved:
        _check_as_asked(acceptance, finding, timezone.localdate(at))
    elif not said:
        raise RefusedError("comment", "Say why, so that the person who asked knows what to do instead.")
    acceptance.decision = Decision.APPROVED if is_approved else Decision.REJECTED
    acceptance.decided_by, acceptance.decided_at, acceptance.comment = acting_user, at, said
    if is_approved:
        _replace(acceptance, acting_user, at)
        finding.disposition = _DISPOSITIONS[Kind(acceptance.kind)]
        finding.disposition_until = acceptance.until
        finding.save(update_fields=["disposition", "disposition_until"])
    acceptance.save()
    _record(f"acceptance.{acceptance.decision}", acceptance, acting_user, at, comment=said, until=acceptance.until)
    return acceptance


@transaction.atomic
def withdraw_acceptance(acceptance_id: int, *, acting_user: User, at: datetime) -> RiskAcceptance:
    """Take back what one asked for oneself, before it is decided."""
    acceptance, _ = _held(acceptance_id)
    if acceptance.requested_by_id != acting_user.pk:
        raise PermissionDenied
    _check_pending(acceptance)
    acceptance.decision, acceptance.decided_at = Decision.WITHDRAWN, at
    acceptance.save()
    _record("acceptance.withdrawn", acceptance, acting_user, at)
    return acceptance


@transaction.atomic
def end_acceptance(acceptance_id: int, *, reason: str, acting_user: User, at: datetime) -> RiskAcceptance:
    """End an acceptance before its day; the finding is new again. One person of security is enough for that."""
    if not acting_user.has_role(DECIDES_ACCEPTANCES):
        raise PermissionDenied
    acceptance, finding = _held(acceptance_id)
    if not acceptance.is_in_force(timezone.localdate(at)):
        raise ConflictError("This acceptance is not in force any more.")
    said = reason.replace("\r\n", "\n").strip()
    if not said:
        raise RefusedError("comment", "Say why it ends now.")
    check_text("comment", said, LONGEST_TEXT)
    acceptance.ended_at, acceptance.ended_by = at, acting_user
    acceptance.end_reason = RiskAcceptance.EndReason.REVOKED
    acceptance.save()
    finding.disposition, finding.disposition_until = Finding.Disposition.NEW, None
    finding.save(update_fields=["disposition", "disposition_until"])
    _record("acceptance.ended", acceptance, acting_user, at, reason=acceptance.end_reason, comment=said)
    return acceptance


def _locked(finding_id: int) -> Finding:
    """The finding first, then its acceptances: the collector, which ends them, goes the same way."""
    return Finding.objects.select_for_update(of=("self",)).get(pk=finding_id)


def _held(acceptance_id: int) -> tuple[RiskAcceptance, Finding]:
    known = RiskAcceptance.objects.values_list("finding_id", flat=True).get(pk=acceptance_id)
    finding = _locked(known)
    return RiskAcceptance.objects.select_for_update(of=("self",)).get(pk=acceptance_id), finding


def _check_pending(acceptance: RiskAcceptance) -> None:
    if acceptance.decision != Decision.PENDING:
        word = acceptance.get_decision_display().lower()
        by = f" by {acceptance.decided_by}" if acceptance.decided_by else ""
        raise ConflictError(f"This request is already {word}{by}; nothing was changed.")


def _check_open(finding: Finding) -> None:
    if finding.presence == Finding.Presence.ABSENT:
        raise RefusedError("kind", "The finding is no longer there, so there is nothing to accept.")
    if finding.severity == Severity.INFO:
        raise RefusedError("kind", "A hint stands in no count, so there is nothing to accept.")


def _checked_text(justification: str) -> str:
    text = justification.replace("\r\n", "\n").strip()
    if len(text.split()) < FEWEST_WORDS:
        raise RefusedError(
            "justification", f"Say in at least {FEWEST_WORDS} words why it may stand, and what limits the harm."
        )
    check_text("justification", text, LONGEST_TEXT)
    return text


def _check_until(until: date, finding: Finding, on: date) -> None:
    latest = last_day(finding.severity, on)
    if until <= on:
        raise RefusedError("until", "The last day has to lie in the future.")
    if until > latest:
        days = (latest - on).days
        word = finding.get_severity_display().lower()
        raise RefusedError("until", f"A {word} finding is accepted for {days} days at most: until {latest} or earlier.")


def _check_as_asked(acceptance: RiskAcceptance, finding: Finding, on: date) -> None:
    """What was asked for must still be what is decided on."""
    is_worse = SEVERITY_RANK[finding.severity] < SEVERITY_RANK[acceptance.severity]
    if finding.presence == Finding.Presence.ABSENT or is_worse:
        raise ConflictError("The finding has changed since this was asked for; ask again.")
    if acceptance.until < on:
        raise RefusedError("decision", "The day that was asked for is over. Reject it, and let them ask again.")


def _replace(acceptance: RiskAcceptance, acting_user: User, at: datetime) -> None:
    for earlier in RiskAcceptance.objects.unended().filter(finding=acceptance.finding_id):
        earlier.ended_at, earlier.end_reason = at, RiskAcceptance.EndReason.REPLACED
        earlier.save()
        _record("acceptance.ended", earlier, acting_user, at, reason=earlier.end_reason)


def _record(action: str, acceptance: RiskAcceptance, actor: User, at: datetime, **data: object) -> None:
    finding = {"finding": acceptance.finding_id}
    record(at=at, actor=actor, action=action, target=acceptance, data=finding | data)

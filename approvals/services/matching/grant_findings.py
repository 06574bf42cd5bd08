"""Findings about grants: brought in line with how an identity's delegations stand to its grants; idempotent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models

from approvals.models import Grant
from approvals.rules.grant_findings import MATCHED_RULES, RENEWAL_OVERDUE, UNAPPROVED, subject_of, subject_of_terms
from approvals.rules.matching import Agreement, Pairing
from approvals.rules.states import Decision
from inventory.models import Account, CollectionRun, Finding, FindingEpisode, Identity, PolicyVersion, SendingPolicy
from inventory.policy.delegations import Analysis
from inventory.policy.reach import Reach
from inventory.policy.rules import Violation
from inventory.policy.rules.subjects import DelegateFacts
from inventory.services.audit import record
from inventory.services.findings.finding_episodes import compare, write
from inventory.services.findings.finding_rows import wanted
from inventory.services.findings.findings import mark_stale

Reason = FindingEpisode.Reason


@dataclass(frozen=True, slots=True)
class Matched:
    """How an identity stands to its grants at ``at``; ``is_unread``: nobody could look at it lately.

    ``run`` is the reading that this follows from, if it was one.
    """

    identity: Identity
    analysis: Analysis
    pairings: Sequence[Pairing]
    grants: Sequence[Grant]
    delegates: Mapping[str, DelegateFacts]
    is_unread: bool
    run: CollectionRun | None
    at: datetime


def settle_findings(matched: Matched, violations: Iterable[Violation]) -> None:
    """Open, close and reword them; call it with the copies of the identity locked.

    While an identity cannot be read only decisions of people close anything: that something is gone has to be seen.
    """
    identity, at = matched.identity, matched.at
    known = list(Finding.objects.filter(identity=identity, rule_id__in=MATCHED_RULES))
    wishes = wanted(identity, _in_its_place(identity, violations))
    reasons = _Reasons(matched)
    if matched.is_unread:
        known = [each for each in known if each.key in wishes or not reasons.has_to_be_seen(each)]
    is_seen_again = not matched.is_unread and any(each.presence == Finding.Presence.STALE for each in known)
    changes = compare(wishes, known, reasons.of, at=at, seen=identity.pk if is_seen_again else None)
    write(changes, at=at, run=matched.run, is_baseline=_is_baseline(identity))
    if matched.is_unread:
        mark_stale(Identity.objects.filter(pk=identity.pk))
    said = changes.audited()
    if said:
        run = matched.run.pk if matched.run is not None else None
        record(at=at, actor=None, action="findings.changed", target=identity, data=said | {"run": run})


def _in_its_place(identity: Identity, found: Iterable[Violation]) -> list[Violation]:
    if identity.environment != Account.Environment.PRODUCTION:
        return list(found)
    return [replace(each, severity=each.severity.in_production()) for each in found]


def _is_baseline(identity: Identity) -> bool:
    """Whether the first complete look found what is matched for the first time now: nobody knows since when it is."""
    baseline_at = identity.scope.baseline_at
    return identity.first_matched_at is None and (baseline_at is None or identity.first_seen_at <= baseline_at)


class _Reasons:
    """Why findings close in one matching."""

    def __init__(self, matched: Matched) -> None:
        self._matched = matched
        self._agreements: dict[tuple[str, str], set[Agreement]] = {}
        for each in matched.pairings:
            place = (each.part.policy, subject_of(each.part, matched.delegates))
            self._agreements.setdefault(place, set()).add(each.agreement)

    def of(self, finding: Finding) -> Reason:
        """The reason for one that is no longer wanted."""
        if self._matched.identity.gone_at is not None:
            return Reason.IDENTITY_DELETED
        if finding.rule_id == RENEWAL_OVERDUE:
            return self._of_renewal(finding)
        agreements = self._agreements.get((finding.policy_name, finding.subject), set())
        if agreements == {Agreement.APPROVED}:
            is_narrowed = finding.rule_id != UNAPPROVED and self._has_policy_changed()
            return Reason.FIXED if is_narrowed else Reason.APPROVED
        if agreements:
            return Reason.RECLASSIFIED
        return Reason.FIXED if self._has_policy_changed() or self._has_run_out(finding) else Reason.RECLASSIFIED

    def has_to_be_seen(self, finding: Finding) -> bool:
        """Whether only a reading can say that it is over: renewals are a matter of people alone."""
        return finding.rule_id != RENEWAL_OVERDUE and self.of(finding) is Reason.FIXED

    def _of_renewal(self, finding: Finding) -> Reason:
        own = [each for each in self._matched.grants if subject_of_terms(each.grant_terms) == finding.subject]
        if any(each.decision == Decision.SUPERSEDED for each in own):
            return Reason.APPROVED
        on = self._matched.at.date()
        return Reason.FIXED if any(each.effective_ends_on >= on for each in own) else Reason.RECLASSIFIED

    def _has_policy_changed(self) -> bool:
        """Whether a policy of the identity is another than when it was matched before."""
        identity = self._matched.identity
        if identity.matched_at is None:
            return True
        since = models.Q(from_at__gt=identity.matched_at) | models.Q(to_at__gt=identity.matched_at)
        versions = PolicyVersion.objects.filter(since, policy__identity=identity)
        gone = SendingPolicy.objects.filter(identity=identity, gone_at__gt=identity.matched_at)
        return versions.exists() or gone.exists()

    def _has_run_out(self, finding: Finding) -> bool:
        """Whether AWS itself has ended what the finding spoke of: its statement lets in nobody any more."""
        place = (finding.policy_name, finding.evidence.get("statement"))
        alike = [each for each in self._matched.analysis.delegations if (each.policy, each.statement) == place]
        return bool(alike) and all(each.reach is Reach.INERT for each in alike)

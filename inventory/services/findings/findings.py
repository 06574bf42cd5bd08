"""Findings and their episodes, as the stored facts of one identity call for them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models

from inventory.models import Account, CollectionRun, Finding, FindingEpisode, Identity, LastJudgement
from inventory.policy.delegations import Analysis
from inventory.policy.reach import Reach
from inventory.policy.rules import (
    APPROVAL_RULES,
    ENGINE_VERSION,
    DelegateFacts,
    IdentitySubject,
    RegionCopy,
    Violation,
    WayAround,
)
from inventory.policy.rules.copies import admission_lines, denials, drift, escapes
from inventory.policy.rules.judging import judge_all, silenced
from inventory.policy.trust import Registry
from inventory.services.audit import record
from inventory.services.findings.finding_episodes import Changes, compare, write
from inventory.services.findings.finding_rows import Wanted, wanted
from inventory.services.judging.identity_copies import Family, load_family, lock_family, policies_hash

Reason = FindingEpisode.Reason


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """What changed: episodes opened for the first time, closed, and opened again."""

    opened: int = 0
    resolved: int = 0
    reopened: int = 0

    def __add__(self, other: "FindingCounts") -> "FindingCounts":
        return FindingCounts(self.opened + other.opened, self.resolved + other.resolved, self.reopened + other.reopened)


def load_delegates() -> Mapping[str, DelegateFacts]:
    """What the registry says of every known account, by account id: one query, once per slice of work."""
    return {
        account.account_id: DelegateFacts(
            account_id=account.account_id,
            name=account.name,
            vendor=account.vendor.name if account.vendor else "",
            team=account.owner_team.name if account.owner_team else "",
            environment=account.environment,
        )
        for account in Account.objects.select_related("vendor", "owner_team")
    }


def judge_identity(
    identity: Identity,
    analysis: Analysis,
    *,
    policies: Mapping[str, str],
    registry: Registry,
    delegates: Mapping[str, DelegateFacts],
    at: datetime,
    run: CollectionRun | None = None,
    is_baseline: bool = False,
) -> FindingCounts:
    """Bring the findings of one identity in line with what its policies allow; idempotent.

    Call it inside the transaction that writes the identity, its policy versions and its delegations, after them and
    after ``environment``, ``owner_team`` and ``gone_at`` are saved; one identity per transaction. ``policies`` maps
    each current policy's name to its raw text, and ``analysis`` is what ``analyse`` made of them with ``registry`` at
    ``at``. ``delegates`` comes from :func:`load_delegates`. ``run`` is ``None`` for a re-evaluation of stored facts.
    ``is_baseline`` marks episodes that the first complete look at a scope opens.

    Findings that speak of several copies of a name (``region-drift``, a Deny that a copy escapes) are brought in line
    for all copies at once, so the counts may include findings of siblings. The reason of a closure follows from what
    changed since the judgement before: the policies (``fixed``), the engine (``rule_changed``), else the registry
    (``reclassified``). What speaks of approvals is left as it is.
    Three statements where nothing changed, a dozen at most.
    """
    lock_family(identity.scope, identity.name)
    has_denials = bool(denials(policies))
    family = load_family(identity, has_denials=has_denials)
    admits = admission_lines(analysis)
    found = judge_all(_subject(identity, analysis, policies, registry, delegates, family, at))
    silent = silenced(found)
    wishes = wanted(identity, (each for each in found if each.rule_id not in silent))
    own = RegionCopy(identity.scope.region, admits)
    way = WayAround(identity.arn, policies)
    wishes |= _wishes_of_copies(family, own) | _wishes_of_guarded(family, way, registry, at)
    verdict = LastJudgement(
        identity=identity,
        engine_version=ENGINE_VERSION,
        policies_hash=policies_hash(policies),
        admits=sorted(admits),
        has_denials=has_denials,
    )
    muted = frozenset(wanted(identity, (each for each in found if each.rule_id in silent)))
    reasons = _Reasons(family.before, verdict, analysis, muted)
    seen = identity.pk if run is not None else None
    known = _known(identity, family).exclude(rule_id__in=APPROVAL_RULES)
    changes = compare(wishes, known, reasons.of, at=at, seen=seen)
    _remember(family.before, verdict)
    return _finish(identity, changes, at=at, run=run, is_baseline=is_baseline)


def mark_stale(identities: "models.QuerySet[Identity]") -> int:
    """Say of the present findings of identities that could not be read that nobody has looked since: one query.

    Nothing is closed; the next successful :func:`judge_identity` makes them present or absent again.
    """
    present = Finding.objects.filter(identity__in=identities, presence=Finding.Presence.PRESENT)
    return present.update(presence=Finding.Presence.STALE)


def see_again(identities: Collection[Identity], *, at: datetime) -> None:
    """They were read and nothing changed: their open findings are present, stale ones too. One query."""
    Finding.objects.open().filter(identity__in=identities).update(presence=Finding.Presence.PRESENT, last_seen_at=at)


def close_for_deleted(identity: Identity, *, at: datetime, run: CollectionRun | None) -> FindingCounts:
    """Close every open finding of an identity that is gone, with the reason ``identity_deleted``; idempotent.

    Call it in the transaction that sets ``gone_at``, after it is saved. What its copies were said to let in beside it
    is judged again without it.
    """
    lock_family(identity.scope, identity.name)
    family = load_family(identity, has_denials=False)
    LastJudgement.objects.filter(identity=identity).delete()

    def reason(finding: Finding) -> Reason:
        return Reason.IDENTITY_DELETED if finding.identity_id == identity.pk else Reason.FIXED

    changes = compare(_wishes_of_copies(family, None), _known(identity, family), reason, at=at, seen=None)
    return _finish(identity, changes, at=at, run=run, is_baseline=False)


def _subject(
    identity: Identity,
    analysis: Analysis,
    policies: Mapping[str, str],
    registry: Registry,
    delegates: Mapping[str, DelegateFacts],
    family: Family,
    at: datetime,
) -> IdentitySubject:
    return IdentitySubject(
        name=identity.name,
        arn=identity.arn,
        identity_type=identity.identity_type,
        owner_account=analysis.owner_account,
        analysis=analysis,
        at=at,
        policies=policies,
        environment=identity.environment,
        owner_team=identity.owner_team.name if identity.owner_team else "",
        registry=registry,
        delegates=delegates,
        region_copies=family.copies_for_rules(),
        ways_around=family.ways_for_rules(),
    )


def _wishes_of_copies(family: Family, own: RegionCopy | None) -> dict[str, Wanted]:
    """``region-drift`` on every other copy of the name, seen from what this one lets in now."""
    wishes: dict[str, Wanted] = {}
    for judged in family.region_copies:
        others = family.copies_beside(judged, own)
        found = drift(judged.identity.scope.region, frozenset(judged.admits), others)
        wishes |= wanted(judged.identity, _in_its_place(judged.identity, found))
    return wishes


def _wishes_of_guarded(family: Family, way: WayAround, registry: Registry, at: datetime) -> dict[str, Wanted]:
    """``dead-deny`` on identities whose Deny this one is a way around."""
    wishes: dict[str, Wanted] = {}
    for judged in family.guarded:
        texts = family.texts.get(judged.pk, {})
        owner = judged.identity.scope.account.account_id
        found = escapes(texts, way, owner=owner, registry=registry, at=at)
        wishes |= wanted(judged.identity, _in_its_place(judged.identity, found))
    return wishes


def _in_its_place(identity: Identity, found: Iterable[Violation]) -> list[Violation]:
    if identity.environment != Account.Environment.PRODUCTION:
        return list(found)
    return [replace(each, severity=each.severity.in_production()) for each in found]


def _known(identity: Identity, family: Family) -> "models.QuerySet[Finding]":
    """All findings of the identity, and its copies' where they speak of it."""
    copies = [judged.pk for judged in family.region_copies]
    guarded = [judged.pk for judged in family.guarded]
    return Finding.objects.filter(
        models.Q(identity=identity)
        | models.Q(identity__in=copies, rule_id="region-drift")
        | models.Q(identity__in=guarded, rule_id="dead-deny", subject=identity.arn)
    )


def _remember(before: LastJudgement | None, verdict: LastJudgement) -> None:
    fields = ("engine_version", "policies_hash", "admits", "has_denials")
    if before is None:
        verdict.save(force_insert=True)
    elif any(getattr(before, name) != getattr(verdict, name) for name in fields):
        verdict.save(force_update=True)


def _finish(
    identity: Identity, changes: Changes, *, at: datetime, run: CollectionRun | None, is_baseline: bool
) -> FindingCounts:
    write(changes, at=at, run=run, is_baseline=is_baseline)
    said = changes.audited()
    if said:
        record(at=at, actor=None, action="findings.changed", target=identity, data=said | {"run": run and run.pk})
    return FindingCounts(len(changes.opened), len(changes.closed), len(changes.reopened))


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Why findings close in one judgement."""

    before: LastJudgement | None
    verdict: LastJudgement
    analysis: Analysis
    muted: frozenset[str]

    def of(self, finding: Finding) -> Reason:
        """A finding that only keeps silent beside a worse one is not fixed."""
        if finding.key in self.muted:
            return Reason.RECLASSIFIED
        if self.before is None or self.before.policies_hash != self.verdict.policies_hash:
            return Reason.FIXED
        if self.before.engine_version != self.verdict.engine_version:
            return Reason.RULE_CHANGED
        return Reason.FIXED if self._has_run_out(finding) else Reason.RECLASSIFIED

    def _has_run_out(self, finding: Finding) -> bool:
        """Whether AWS itself has ended what the finding spoke of: its statement lets in nobody any more."""
        place = (finding.policy_name, finding.evidence.get("statement"))
        alike = [each for each in self.analysis.delegations if (each.policy, each.statement) == place]
        return bool(alike) and all(each.reach is Reach.INERT for each in alike)

"""The manifest: what a pack holds, what it is of, and what was not looked at."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import Count

from approvals.models import Campaign, ReviewDecision
from approvals.services.evidence.archive import FileSum
from approvals.services.evidence.tables import period
from inventory.models import AuditEvent, CollectionRun, Outcome, Scope, ScopeRun, User
from inventory.services.audit import canonical_json
from inventory.services.audit_chain.content import Head
from inventory.services.settings.in_force import in_force

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Sealing:
    """What makes one edition of a pack: when, after which pack, up to which place of the audit chain, by which key."""

    edition: int
    sealed_at: datetime
    sealed_by: User | None
    previous_hash: str
    head: Head
    fingerprint: str


def manifest_of(
    campaign: Campaign, sealing: Sealing, files: Sequence[FileSum], events: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything but ``pack_hash``; ``events`` says which places of the audit chain the pack holds."""
    return {
        "format": FORMAT,
        "demo": settings.SESGOV_DEMO,
        "version": settings.SESGOV_VERSION,
        "edition": sealing.edition,
        "sealed_at": _instant(sealing.sealed_at),
        "generated_at": _instant(sealing.sealed_at),
        "sealed_by": sealing.sealed_by.email if sealing.sealed_by else "sesgov",
        "previous_pack_hash": sealing.previous_hash,
        "signing_key_fingerprint": sealing.fingerprint,
        "files": [_file(each) for each in files],
        "audit": {**events, "head_position": sealing.head.position, "head_hash": sealing.head.hash},
        "campaign": _campaign(campaign),
        "counts": _counts(campaign),
        "reviewers": _reviewers(campaign),
        "accounts": _accounts(campaign),
        "longest_unseen": list(_gaps(campaign)),
        "runs": _runs(campaign),
        "settings": _settings(),
        "settings_changed_in_period": _settings_changed(campaign),
    }


def pack_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the manifest without its member ``pack_hash``."""
    rest = {name: value for name, value in manifest.items() if name != "pack_hash"}
    return sha256(canonical_json(rest).encode()).hexdigest()


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The file, for people to read."""
    return (json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def _file(each: FileSum) -> dict[str, object]:
    rows = {} if each.rows is None else {"rows": each.rows}
    return {"name": each.name, "sha256": each.sha256, "size": each.size, **rows}


def _campaign(campaign: Campaign) -> dict[str, object]:
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "state": campaign.state,
        "period_from": campaign.period_from.isoformat(),
        "period_to": campaign.period_to.isoformat(),
        "time_zone": settings.SESGOV_TIME_ZONE.key,
        "frequency": campaign.frequency,
        "frequency_basis": campaign.frequency_basis,
        "scope": campaign.scope,
        "as_of": _instant(campaign.staged_at),
        "population_sha256": campaign.population_hash,
        "removed_since_last_campaign": campaign.removed_count,
        "not_collected": campaign.exclusions,
        "shortfall": campaign.shortfall,
        "override_reason": campaign.override_reason,
        "due_on": campaign.due_on.isoformat(),
        "remediate_by_on": campaign.remediate_by_on.isoformat(),
        "decided_at": _instant(campaign.decided_at),
        "signed_at": _instant(campaign.signed_at),
        "signed_by": campaign.signed_by.email if campaign.signed_by else None,
        "signed_in_by": campaign.signed_in_by,
        "attestation": campaign.attestation,
        "ended_at": _instant(campaign.ended_at),
        "ending_reason": campaign.ending_reason,
    }


def _counts(campaign: Campaign) -> dict[str, object]:
    decisions = Counter(dict(campaign.items.order_by().values_list("decision").annotate(Count("pk"))))
    wanted = campaign.items.exclude(decision__in=("certify", "pending"))
    return {
        "items": campaign.items.count(),
        "by_decision": dict(sorted(decisions.items())),
        "decisions": ReviewDecision.objects.filter(item__campaign=campaign).count(),
        "to_remediate": wanted.count(),
        "verified": wanted.filter(verified_at__isnull=False).count(),
    }


def _reviewers(campaign: Campaign) -> list[dict[str, object]]:
    """Who decided, and how many of their decisions still hold."""
    rows = campaign.items.exclude(decided_by=None).order_by().values_list("decided_by__email", "decided_by__name")
    counted = rows.annotate(number=Count("pk")).order_by("decided_by__email")
    return [{"email": email, "name": name, "items": number} for email, name, number in counted]


def _accounts(campaign: Campaign) -> dict[str, object]:
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


def _gaps(campaign: Campaign) -> Iterator[dict[str, object]]:
    """For each expected account region, the longest time in the period without a complete reading."""
    begin, end = period(campaign)
    end = min(end, campaign.staged_at or end)
    for scope in Scope.objects.expected().select_related("account").order_by("account__account_id", "region"):
        looks = ScopeRun.objects.filter(scope=scope, outcome=Outcome.COMPLETE)
        seen = looks.filter(finished_at__gte=begin, finished_at__lt=end).order_by("finished_at")
        instants = [begin, *filter(None, seen.values_list("finished_at", flat=True)), end]
        longest = max(later - earlier for earlier, later in pairwise(instants))
        hours = max(0, longest // timedelta(hours=1))
        yield {"account": scope.account.account_id, "region": scope.region, "hours": hours}


def _runs(campaign: Campaign) -> list[int]:
    """The runs of the period, and those up to the staging."""
    begin, end = period(campaign)
    runs = CollectionRun.objects.filter(created_at__gte=begin, created_at__lt=max(end, campaign.staged_at or end))
    return list(runs.order_by("pk").values_list("pk", flat=True))


def _settings() -> dict[str, object]:
    """Those in force when the pack was sealed."""
    values = asdict(in_force())
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in values.items()}


def _settings_changed(campaign: Campaign) -> list[dict[str, object]]:
    begin, end = period(campaign)
    events = AuditEvent.objects.filter(at__gte=begin, at__lt=end, object_type="settingvalue").order_by("pk")
    return [{"at": _instant(each.at), "by": each.actor_name, "data": each.data} for each in events]


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None

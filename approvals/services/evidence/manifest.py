"""The manifest: what a pack holds, what it is of, and what was not looked at."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Count

from approvals.models import Campaign, ReviewDecision
from approvals.rules.campaigns import ItemDecision
from approvals.services.evidence.archive import FileSum
from approvals.services.evidence.coverage import accounts, longest_unseen, runs, verifying_runs
from approvals.services.evidence.periods import period
from inventory.models import AuditEvent, User
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


def contents(campaign: Campaign, sealing: Sealing, events: Mapping[str, Any]) -> dict[str, Any]:
    """What a pack says of a review; ``events`` says which places of the audit chain it holds."""
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
        "audit": {**events, "head_position": sealing.head.position, "head_hash": sealing.head.hash},
        "campaign": _campaign(campaign),
        "counts": _counts(campaign),
        "reviewers": _reviewers(campaign),
        "deciders": _deciders(campaign),
        "accounts": accounts(campaign),
        "longest_unseen": longest_unseen(campaign),
        "runs": runs(campaign),
        "verifying_runs": verifying_runs(campaign),
        "settings": _settings(),
        "settings_changed_in_period": _settings_changed(campaign),
    }


def manifest_of(told: Mapping[str, Any], files: Sequence[FileSum]) -> dict[str, Any]:
    """The contents with the files that were written, and ``pack_hash`` over all of it."""
    manifest = {**told, "files": [_file(each) for each in files]}
    return manifest | {"pack_hash": pack_hash(manifest)}


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
        "overridden_by": campaign.overridden_by.email if campaign.overridden_by else None,
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
    changes = campaign.items.order_by().values_list("change").annotate(Count("pk"))
    wanted = campaign.items.exclude(decision__in=("certify", "pending"))
    return {
        "items": campaign.items.count(),
        "by_decision": dict(sorted(decisions.items())),
        "by_change": dict(changes.order_by("change")),
        "decisions": ReviewDecision.objects.filter(item__campaign=campaign).count(),
        "to_remediate": wanted.count(),
        "verified": wanted.filter(verified_at__isnull=False).count(),
    }


def _reviewers(campaign: Campaign) -> list[dict[str, object]]:
    """Who was to decide, and what came of it; items that nobody owns are those of security."""
    rows = campaign.items.order_by().values_list("reviewer_team__name", "reviewer_user__email", "decision")
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for team, email, decision, number in rows.annotate(number=Count("pk")):
        found[("team", team) if team else ("person", email) if email else ("role", "security")][decision] += number
    return [
        {
            "kind": kind,
            "name": name,
            "items": said.total(),
            "decided": said.total() - said[ItemDecision.NOT_REVIEWED] - said[ItemDecision.PENDING],
            "not_reviewed": said[ItemDecision.NOT_REVIEWED],
        }
        for (kind, name), said in sorted(found.items())
    ]


def _deciders(campaign: Campaign) -> list[dict[str, object]]:
    """Who decided, and on how many items their word holds."""
    people = campaign.items.exclude(decided_by=None).order_by().values_list("decided_by__email", "decided_by__name")
    counted = people.annotate(number=Count("pk")).order_by("decided_by__email")
    return [{"email": email, "name": name, "items": number} for email, name, number in counted]


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

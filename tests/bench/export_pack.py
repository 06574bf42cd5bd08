"""What ``./bench export`` does in its own process: a review written by the database itself, sealed by the service."""

import json
import re
import time
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from approvals.models import Campaign, ReviewItem
from approvals.rules.campaigns import EXCLUDED_KINDS, CampaignState
from approvals.services.evidence.sealing import bytes_of, seal_pack
from inventory.models import Role, Scope, User
from inventory.services.audit import record
from inventory.services.audit_chain.sealing import seal
from tests.bench.web_estate import fill_paths

_SAID = "CASE WHEN n % 20 = 0 THEN 'revoke' WHEN n % 20 = 1 THEN 'modify' ELSE 'certify' END"
_NOTE = "'Looked at by the team; number ' || n || ' is used for the newsletter.'"
_ITEMS = f"""
    WITH paths AS (
        SELECT d.*, i.name, i.arn, i.sending_name, a.account_id AS own, a.name AS own_name, s.region,
               row_number() OVER (ORDER BY d.id) AS n
        FROM inventory_delegation d JOIN inventory_identity i ON i.id = d.identity_id
        JOIN inventory_scope s ON s.id = i.scope_id JOIN inventory_account a ON a.id = s.account_id
    ), told AS (
        SELECT *, json_build_object(
            'identity', name, 'identity_arn', arn, 'sending_name', sending_name, 'account', own, 'account_name',
            own_name, 'region', region, 'environment', 'production', 'owner', 'Team', 'owner_source', 'tag', 'policy',
            policy_name, 'policy_sha256', md5(n::text), 'principal', principal, 'delegate_account', account_id,
            'reach', reach, 'trust', trust, 'can_send', can_send, 'since', '2026-07-01T00:00:00+00:00', 'read_at',
            '2026-09-30T00:00:00+00:00', 'sentences', json_build_array(principal || ' may send mail as ' || name),
            'grant', NULL, 'findings', json_build_array(), 'statements', statements, 'last_review', NULL)::text AS text
        FROM paths
    )
    INSERT INTO approvals_reviewitem (
        campaign_id, position, path_kind, path_key, path_hash, identity_id, delegation_id, evidence, evidence_hash,
        change, is_wildcard, is_unknown, is_expired, is_unapproved, reviewer_user_id, reviewer_reason, decision,
        decided_by_id, decided_at)
    SELECT %(campaign)s, n, 'delegation', encode(sha256(n::text::bytea), 'hex'), encode(sha256(n::text::bytea), 'hex'),
           identity_id, id, text, encode(sha256(convert_to(text, 'UTF8')), 'hex'), 'new', false, trust = 'unknown',
           false, false, %(person)s, 'owns it', {_SAID.replace("%", "%%")}, %(person)s, %(at)s
    FROM told
"""  # noqa: S608 - constants of this file
_DECISIONS = f"""
    INSERT INTO approvals_reviewdecision (
        item_id, number, decision, note, decided_by_id, decided_at, role_held, signed_in_by, is_bulk)
    SELECT id, 1, decision, {_NOTE}, %(person)s, %(at)s, 'owner', 'password', false
    FROM (SELECT *, position AS n FROM approvals_reviewitem) items
"""  # noqa: S608
_EVENTS = f"""
    INSERT INTO inventory_auditevent (at, actor_id, actor_name, action, object_type, object_id, object_name, data)
    SELECT %(at)s, %(person)s, 'bench@example.com', 'review_item.decided', 'reviewitem', id, 'item ' || n,
           json_build_object('campaign', campaign_id, 'position', n, 'decision', decision, 'note', {_NOTE},
                             'number', 1, 'is_bulk', false)::text
    FROM (SELECT *, position AS n FROM approvals_reviewitem) items
"""  # noqa: S608


def report(items: int, target: str) -> None:
    """Seal a pack of so many items, write it to ``target`` and print the measures as the last line."""
    fill_paths(max(2, items // 4), items)
    campaign = _reviewed()
    seal(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    before = _peak_mb()
    begun, worked = time.monotonic(), time.process_time()
    pack = seal_pack(campaign.pk, acting_user=None, at=timezone.now())
    seconds, worked = time.monotonic() - begun, time.process_time() - worked
    with Path(target).open("wb") as file:
        file.writelines(bytes_of(pack))
    measures = [
        ("export.items", campaign.item_count, "count"),
        ("export.seconds", seconds, "s"),
        ("export.processor_seconds", worked, "s"),
        ("export.peak_mb", _peak_mb(), "MB"),
        ("export.peak_before_mb", before, "MB"),
        ("export.pack_mb", pack.size / 1_000_000, "MB"),
    ]
    print(json.dumps([{"name": name, "value": value, "unit": unit} for name, value, unit in measures]))  # noqa: T201


@transaction.atomic
def _reviewed() -> Campaign:
    """Every path decided by one person, signed by another, nothing removed yet."""
    now = timezone.now()
    person = User.objects.get()
    signer = User.objects.create(email="signs@example.com", roles=[Role.SECURITY.value], created_at=now)
    campaign = Campaign.objects.create(
        name="Third quarter of 2026", period_from="2026-07-01", period_to="2026-09-30", frequency="quarterly",
        starts_on="2026-10-01", due_on="2026-10-21", remediate_by_on="2026-11-15", created_at=now,
        exclusions=[{"path_kind": kind, "what": what} for kind, what in EXCLUDED_KINDS.items()],
        completeness=[_seen(scope) for scope in Scope.objects.select_related("account")],
    )  # fmt: skip
    record(at=now, actor=person, action="campaign.created", target=campaign)
    decided_at = now + timedelta(seconds=1)
    with connection.cursor() as cursor:
        for statement in (_ITEMS, _DECISIONS, _EVENTS):
            given: dict[str, int | datetime] = {"campaign": campaign.pk, "person": person.pk, "at": decided_at}
            cursor.execute(statement, {name: given[name] for name in given if f"%({name})s" in statement})
    return _signed(campaign, signer, now, decided_at)


def _signed(campaign: Campaign, signer: User, staged_at: datetime, at: datetime) -> Campaign:
    digest = sha256()
    rows = ReviewItem.objects.order_by("position").values_list("position", "path_key", "evidence_hash")
    for position, key, evidence in rows.iterator():
        digest.update(f"{position}\t{key}\t{evidence}\n".encode())
    campaign.population_hash, campaign.item_count = digest.hexdigest(), rows.count()
    campaign.staged_at, campaign.decided_at = staged_at, at
    campaign.attestation, campaign.signed_at, campaign.signed_by = "All of it was looked at.", at, signer
    campaign.state = CampaignState.REMEDIATING
    campaign.save()
    said = {"population_sha256": campaign.population_hash}
    staged = said | {"items": campaign.item_count, "shortfall": "", "override_reason": ""}
    record(at=staged_at, actor=None, action="campaign.staged", target=campaign, data=staged)
    data = said | {"attestation": campaign.attestation}
    record(at=at, actor=signer, action="campaign.signed", target=campaign, data=data)
    return campaign


def _seen(scope: Scope) -> dict[str, object]:
    return {
        "account": scope.account.account_id,
        "account_name": scope.account.name,
        "region": scope.region,
        "outcome": "complete",
        "last_complete_at": None,
        "declared_unused_until": "",
        "problem": "",
    }


def _peak_mb() -> float:
    """The most memory that this process has had, by the system."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0

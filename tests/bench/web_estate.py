# ruff: noqa: S608 - every part of these statements is a constant of this file
"""A large estate written by the database itself: rows as the collector would leave them, in seconds."""

from importlib import import_module
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from inventory.models import (
    Account,
    AuditEvent,
    CollectionRun,
    Delegation,
    DelegationState,
    Finding,
    FindingEpisode,
    Identity,
    IdentityState,
    PolicyVersion,
    Scope,
    ScopeRun,
    SendingName,
    SendingPolicy,
    Team,
    User,
    Vendor,
)
from sesgov.figures.snapshots import fill_snapshots

MANAGED, OUTSIDE, REGIONS, RUNS = 250, 400, 4, 60
SCOPES = MANAGED * REGIONS
_AGO = "now() - interval '60 days' + n * interval '20 seconds'"
_NAME = "'n' || n || '.' || (array['mail','news','billing','shop'])[1 + n % 4] || '.example' || n % 900 || '.com'"
_ONE_OF = "(array[{values}])[1 + n % {size}]"
_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"%s"},'
    '"Action":["ses:SendEmail","ses:SendRawEmail"],"Resource":"*",'
    '"Condition":{"StringEquals":{"ses:FromAddress":"news@example.com"}}}]}'
)


def fill_estate(identities: int, delegations: int, findings: int) -> None:
    """Fill an empty database."""
    with transaction.atomic():
        _fill_registry()
        _fill_identities(identities)
        _fill_delegations(identities, delegations)
        _fill_findings(identities, findings)
        _fill_history(identities)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    now = timezone.now()
    fill_snapshots(until=timezone.localdate(now), at=now)


def fill_paths(identities: int, delegations: int) -> None:
    """Fill an empty database with what lets others send, and nothing that was found about it."""
    with transaction.atomic():
        _fill_registry()
        _fill_identities(identities)
        _fill_delegations(identities, delegations)


def _fill(model: type[models.Model], count: int, **expressions: str) -> None:
    """``count`` rows; an expression may use ``n``, from 1 on. Columns that are not named hold the field's default."""
    columns, values, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.column in expressions:
            values.append(expressions[field.column].replace("%", "%%"))
        elif field.primary_key:
            continue
        else:
            values.append("%s")
            parameters.append(field.get_db_prep_save(_default(field), connection))
        columns.append(connection.ops.quote_name(str(field.column)))
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM generate_series(1, {count}) n"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _default(field: "models.Field[Any, Any]") -> Any:
    return None if field.null else field.get_default()


def _of(*values: str) -> str:
    return _ONE_OF.format(values=",".join(f"'{value}'" for value in values), size=len(values))


def _fill_registry() -> None:
    User.objects.create(
        email="bench@example.com", name="Bench", roles=["security", "owner"], created_at="2026-01-01T00:00Z"
    )
    _fill(Team, 40, name="'Team ' || n", created_at=_AGO)
    _fill(Vendor, 60, name="'Vendor ' || n", created_at=_AGO)
    _fill(SendingName, 300, domain="'example' || n || '.com'", created_at=_AGO)
    shared = {"created_at": _AGO, "environment": _of("production", "staging", "development")}
    _fill(
        Account,
        MANAGED,
        account_id="(200000000000 + n)::text",
        name="'account ' || n",
        relationship="'managed'",
        owner_team_id="(SELECT min(id) FROM inventory_team) + n % 40",
        **shared,
    )
    _fill(
        Account,
        OUTSIDE // 2,
        account_id="(700000000000 + n)::text",
        name="'partner ' || n",
        relationship=_of("partner", "former"),
        vendor_id="(SELECT min(id) FROM inventory_vendor) + n % 60",
        **shared,
    )
    regions = _of("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")
    _fill(
        Scope,
        SCOPES,
        account_id=f"(SELECT min(id) FROM inventory_account) + (n - 1) / {REGIONS}",
        region=regions,
        baseline_at="now() - interval '60 days'",
        last_attempt_at="now()",
        last_complete_at="now() - (n % 50) * interval '1 hour'",
        last_outcome="CASE WHEN n % 40 = 0 THEN 'denied' ELSE 'complete' END",
    )


def _fill_identities(count: int) -> None:
    owner = {
        "environment": _of("production", "staging", "development"),
        "owner_team_id": "CASE WHEN n % 10 < 8 THEN (SELECT min(id) FROM inventory_team) + n % 40 END",
        "owner_source": "CASE WHEN n % 10 < 8 THEN 'tag' ELSE 'none' END",
    }
    is_outside = "n % 2 = 0"
    _fill(
        Identity,
        count,
        scope_id=f"(SELECT min(id) FROM inventory_scope) + n % {SCOPES}",
        name=_NAME,
        sending_name="'example' || n % 900 || '.com'",
        arn=f"'arn:aws:ses:eu-west-1:200000000001:identity/' || {_NAME}",
        identity_type="'DOMAIN'",
        tags="'{}'",
        dkim_enabled="n % 5 > 0",
        dkim_status="'SUCCESS'",
        widest_reach=f"CASE WHEN n % 500 = 0 THEN 'public' WHEN {is_outside} THEN 'account' ELSE 'self' END",
        widest_trust=f"CASE WHEN {is_outside} THEN {_of('partner', 'unknown', 'former')} ELSE '' END",
        trust_rank=f"CASE WHEN {is_outside} THEN n % 4 ELSE 99 END",
        reach_rank=f"CASE WHEN {is_outside} THEN n % 7 ELSE 99 END",
        delegate_count=f"CASE WHEN {is_outside} THEN 1 + n % 3 ELSE 0 END",
        first_seen_at=_AGO,
        last_read_at="now() - (n % 3000) * interval '1 second'",
        gone_at="CASE WHEN n % 50 = 0 THEN now() END",
        **owner,
    )
    _fill(IdentityState, count, identity_id="(SELECT min(id) FROM inventory_identity) + n - 1", from_at=_AGO, **owner)


def _fill_delegations(identities: int, count: int) -> None:
    identity = f"(SELECT min(id) FROM inventory_identity) + ((n - 1) * 2) % {identities}"
    name = f"'policy-' || (n - 1) * 2 / {identities}"
    run = CollectionRun.objects.create(
        trigger="schedule", state="finished", outcome="partial", created_at="2026-01-01T00:00Z",
        deadline_at="2026-01-01T00:00Z", planned_at="2026-01-01T00:00Z", finished_at="2026-01-01T00:00Z",
    )  # fmt: skip
    _fill(SendingPolicy, count, identity_id=identity, name=name, first_seen_at=_AGO)
    account = f"CASE WHEN n % 3 = 0 THEN 700000000000 + n % {OUTSIDE // 2} ELSE 400000000000 + n % {OUTSIDE // 2} END"
    text = f"replace('{_POLICY}', '%s', CASE WHEN n % 100 = 0 THEN '*' ELSE (700000000000 + n % 200)::text END)"
    _fill(
        PolicyVersion,
        count,
        policy_id="(SELECT min(id) FROM inventory_sendingpolicy) + n - 1",
        number="1",
        text=text,
        raw_hash="md5(n::text)",
        canonical_hash="md5(n::text)",
        from_at=_AGO,
        run_id=str(run.pk),
    )
    said = {
        "reach": "CASE WHEN n % 300 = 0 THEN 'public' ELSE 'account' END",
        "trust": "CASE WHEN n % 3 = 0 THEN 'partner' ELSE 'unknown' END",
        "can_send": "n % 10 > 0",
        "statements": """'[{"statement": 0, "reach": "account", "actions": ["ses:SendEmail"]}]'""",
    }
    _fill(
        Delegation,
        count,
        identity_id=identity,
        policy_name=name,
        principal=f"({account})::text",
        account_id=f"({account})::text",
        is_live="n % 50 > 0",
        trust_rank="CASE WHEN n % 3 = 0 THEN 3 ELSE 0 END",
        reach_rank="n % 7",
        first_seen_at=_AGO,
        **said,
    )
    _fill(
        DelegationState,
        count,
        delegation_id="(SELECT min(id) FROM inventory_delegation) + n - 1",
        from_at=_AGO,
        state_hash="md5(n::text)",
        **said,
    )


def _fill_findings(identities: int, count: int) -> None:
    _fill(
        Finding,
        count,
        key="md5(n::text)",
        rule_id=_of("unknown-delegate", "public-send", "no-from-restriction", "region-drift", "whole-account-delegate"),
        identity_id=f"(SELECT min(id) FROM inventory_identity) + ((n - 1) * 2) % {identities}",
        policy_name="'policy-0'",
        subject="CASE WHEN n % 41 = 0 THEN '*' WHEN n % 43 = 0 THEN '' "
        "WHEN n % 3 = 0 THEN (700000000000 + n % 200)::text ELSE (400000000000 + n % 200)::text END",
        severity=_of("critical", "high", "medium", "low", "info"),
        severity_rank="n % 5",
        presence="CASE WHEN n % 5 = 0 THEN 'absent' WHEN n % 97 = 0 THEN 'stale' ELSE 'present' END",
        evidence="""jsonb_build_object('text', 'Account 40000000' || n || ' may send as this.', 'statement', 0)""",
        first_opened_at=_AGO,
        last_seen_at="now()",
    )
    _fill(
        FindingEpisode,
        count,
        finding_id="(SELECT min(id) FROM inventory_finding) + n - 1",
        opened_at=_AGO,
        closed_at=f"CASE WHEN n % 5 = 0 THEN {_AGO} + interval '9 days' END",
        reason="CASE WHEN n % 5 = 0 THEN 'fixed' ELSE '' END",
        is_baseline="n % 4 > 0",
    )
    with connection.cursor() as cursor:
        cursor.execute(import_module("inventory.migrations.0008_count_open_findings").COUNT)


def _fill_history(identities: int) -> None:
    _fill(
        CollectionRun,
        RUNS,
        state="'finished'",
        trigger="'schedule'",
        outcome="'partial'",
        created_at="now() - n * interval '1 day'",
        deadline_at="now()",
        planned_at="now()",
        finished_at="now() - n * interval '1 day' + interval '1 hour'",
    )
    _fill(
        ScopeRun,
        RUNS * SCOPES,
        run_id=f"(SELECT min(id) FROM inventory_collectionrun) + 1 + (n - 1) / {SCOPES}",
        scope_id=f"(SELECT min(id) FROM inventory_scope) + (n - 1) % {SCOPES}",
        state="'done'",
        due_at="now()",
        outcome="CASE WHEN n % 40 = 0 THEN 'denied' ELSE 'complete' END",
        finished_at=f"now() - (1 + (n - 1) / {SCOPES}) * interval '1 day' + interval '1 hour'",
        identities_read="100",
    )
    _fill(
        AuditEvent,
        identities,
        at=_AGO,
        actor_name="'sesgov'",
        action="'identity.found'",
        object_type="'identity'",
        object_id="n::text",
        object_name=_NAME,
    )

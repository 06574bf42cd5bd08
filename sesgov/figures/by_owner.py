"""Findings by who owns the identity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from inventory.models import Identity, Severity
from inventory.policy.rules import APPROVAL_RULES
from sesgov.figures.facts import Facts
from sesgov.figures.remediation import WINDOW
from sesgov.figures.shapes import Link, Unit, list_url

SHOWN = 10
# An identity that is gone belongs to whom it belonged to last.
_BY_OWNER = """
    WITH owned AS (
        SELECT DISTINCT ON (s.identity_id) s.identity_id, s.owner_team_id, s.owner_user_id
        FROM inventory_identitystate s WHERE s.from_at <= %(at)s
        ORDER BY s.identity_id, s.from_at DESC
    )
    SELECT o.owner_team_id, o.owner_user_id, t.name, u.name,
        count(*) FILTER (WHERE e.is_open AND NOT e.is_accepted),
        count(*) FILTER (WHERE e.is_open AND NOT e.is_accepted AND e.opened_at <= %(old)s),
        count(*) FILTER (WHERE e.is_fixed),
        coalesce(sum(extract(epoch FROM e.closed_at - e.opened_at)) FILTER (WHERE e.is_fixed), 0)::bigint
    FROM (
        SELECT f.identity_id, e.opened_at, e.closed_at, e.closed_at IS NULL OR e.closed_at > %(at)s AS is_open,
            e.closed_at < %(at)s AND e.reason IN ('fixed', 'identity_deleted') AND NOT e.is_baseline
                AND f.rule_id <> ALL(%(approval_rules)s) AS is_fixed,
            EXISTS (
                SELECT FROM inventory_riskacceptance a
                WHERE a.finding_id = f.id AND a.decision = 'approved' AND a.decided_at <= %(at)s
                AND a.until >= %(on)s AND (a.ended_at IS NULL OR a.ended_at > %(at)s)
            ) AS is_accepted
        FROM inventory_findingepisode e
        JOIN inventory_finding f ON f.id = e.finding_id AND f.severity <> %(hint)s AND f.identity_id IN ({identities})
        WHERE e.opened_at <= %(at)s AND (e.closed_at IS NULL OR e.closed_at >= %(since)s)
    ) e
    LEFT JOIN owned o ON o.identity_id = e.identity_id
    LEFT JOIN inventory_team t ON t.id = o.owner_team_id
    LEFT JOIN inventory_user u ON u.id = o.owner_user_id
    GROUP BY o.owner_team_id, o.owner_user_id, t.name, u.name
    ORDER BY 5 DESC, 7 DESC, t.name, u.name, 1, 2
"""


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """What one owner has open and has fixed in 90 days; ``mean`` is their time to remediate, where they fixed any.

    Links lead to lists of those lengths; of a day that is over, and of several owners, they have no address.
    """

    label: str
    open: Link
    old: Link
    fixed: int
    mean: str | None


def by_owner(facts: Facts) -> list[OwnerRow]:
    """The ten owners with the most open findings, the rest together, and all: open, open over 30 days, fixed, mean.

    Open as :func:`sesgov.figures.open_ages.open_ages` counts; fixed and the mean as time to remediate does. The owner
    is whom the identity belonged to at the instant.
    """
    found = _counted(facts)
    rows = [_row(_name(each), each[4:], facts, _owner(each)) for each in found[:SHOWN]]
    if len(found) > SHOWN:
        rows.append(_row(f"{len(found) - SHOWN} others", _sums(found[SHOWN:]), facts))
    return [*rows, _row("All", _sums(found), facts)] if found else []


def _counted(facts: Facts) -> list[tuple[Any, ...]]:
    visible = Identity.objects.visible_to(facts.user).order_by().values("pk")
    try:
        identities, of_identities = visible.query.sql_with_params()
    except EmptyResultSet:
        return []
    # The names of this statement beside the numbered ones of the other.
    named = {f"identity_{number}": value for number, value in enumerate(of_identities)}
    parameters: dict[str, Any] = {
        "at": facts.at,
        "on": facts.day.on,
        "old": facts.at - timedelta(days=31),
        "since": facts.at - WINDOW,
        "hint": Severity.INFO.value,
        "approval_rules": sorted(APPROVAL_RULES),
    }
    statement = _BY_OWNER.format(identities=identities % tuple(f"%({name})s" for name in named))
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | named)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _name(row: Sequence[Any]) -> str:
    return row[2] or row[3] or "No owner"


def _owner(row: Sequence[Any]) -> str:
    team, person = row[:2]
    return f"team-{team}" if team else f"person-{person}" if person else "none"


def _sums(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    return [sum(column) for column in zip(*(row[4:] for row in rows), strict=True)]


def _row(label: str, numbers: Sequence[int], facts: Facts, owner: str = "") -> OwnerRow:
    is_open, is_old, fixed, seconds = numbers
    has_list = facts.on is None and (owner or label == "All")
    narrowed = {"owner": owner} if owner else {}
    return OwnerRow(
        label,
        Link("", is_open, list_url("finding", **narrowed) if has_list else ""),
        Link("", is_old, list_url("finding", age="31-", **narrowed) if has_list else ""),
        fixed,
        Unit.DAYS.text(seconds, fixed),
    )

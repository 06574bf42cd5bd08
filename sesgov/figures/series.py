"""Figures over time: one statement per figure counts the stored intervals at any number of instants at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from inventory.models import Identity, Scope, User
from sesgov.figures.days import Day
from sesgov.figures.shapes import Point, Unit

HOLDS = "{0}.from_at <= d.at AND ({0}.to_at IS NULL OR {0}.to_at > d.at)"
BY_ACCOUNT = "GROUP BY GROUPING SETS ((d.day, n.account_id), (d.day))"
_TABLES = """
WITH days AS (SELECT * FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS t (day, began, at)),
seen AS MATERIALIZED (
    SELECT i.id, s.account_id, s.is_expected, s.baseline_at
    FROM inventory_identity i JOIN inventory_scope s ON s.id = i.scope_id WHERE i.id IN ({identities})
),
places AS MATERIALIZED (SELECT s.id, s.account_id, s.baseline_at FROM inventory_scope s WHERE s.id IN ({scopes})),
known AS (
    SELECT d.day, p.account_id FROM days d
    JOIN (SELECT account_id, min(baseline_at) AS since FROM places GROUP BY ROLLUP (account_id)) p ON p.since <= d.at
),
looks AS (
    SELECT d.day, d.began, d.at, p.account_id, r.outcome, r.finished_at
    FROM days d CROSS JOIN places p
    JOIN LATERAL (
        SELECT outcome, finished_at FROM inventory_scoperun
        WHERE scope_id = p.id AND finished_at <= d.at ORDER BY finished_at DESC LIMIT 1
    ) r ON true
    WHERE r.outcome <> 'denied' OR NOT EXISTS (
        SELECT FROM inventory_scopedeclaration u
        WHERE u.scope_id = p.id AND u.starts_on <= d.day AND u.ends_on >= d.day
        AND (u.withdrawn_at IS NULL OR u.withdrawn_at > d.at)
    )
),
stale AS (
    SELECT day, account_id, bool_or(outcome <> 'complete' OR finished_at < began) AS is_stale
    FROM looks GROUP BY GROUPING SETS ((day, account_id), (day))
),
counted AS ({counted})
"""
_POINTS = """
SELECT k.account_id, k.day, coalesce(c.value, 0), c."of", coalesce(s.is_stale, true) FROM known k
LEFT JOIN counted c ON c.day = k.day AND coalesce(c.account_id, 0) = coalesce(k.account_id, 0)
LEFT JOIN stale s ON s.day = k.day AND coalesce(s.account_id, 0) = coalesce(k.account_id, 0)
WHERE NOT %s OR c."of" > 0
"""
_STORE = 'INSERT INTO inventory_figuresnapshot (account_id, "on", value, "of", is_stale, key)'
_STORED = """
ON CONFLICT (account_id, key, "on") DO UPDATE
SET value = excluded.value, "of" = excluded."of", is_stale = excluded.is_stale
"""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over time.

    ``counted`` is a SELECT of ``(day, account_id, value, "of")``, where ``account_id`` is null for all accounts
    together. It may read ``days(day, began, at)``, to be measured at ``at``; ``seen(id, account_id, is_expected,
    baseline_at)``, the identities with their place; and ``looks(day, began, at, account_id, outcome, finished_at)``,
    the last look at each expected scope up to that instant. ``parameters`` fill its placeholders.
    ``needs_cases``: with nothing to measure there is no value; otherwise a count of nothing is 0.
    """

    key: str
    title: str
    unit: Unit
    counted: str
    needs_cases: bool
    parameters: Callable[[], Sequence[Any]] = field(default=list)


@dataclass(frozen=True, slots=True)
class Population:
    """The identities that are counted and the scopes that should be seen."""

    identities: QuerySet[Identity]
    scopes: QuerySet[Scope]

    @classmethod
    def estate(cls) -> "Population":
        """All of it."""
        return cls(Identity.objects.all(), Scope.objects.expected())

    @classmethod
    def of(cls, user: User) -> "Population":
        """What one person may see."""
        return cls(Identity.objects.visible_to(user), Scope.objects.visible_to(user).expected())


def measured(series: Series, population: Population, days: Sequence[Day]) -> Iterator[tuple[int | None, Point]]:
    """Points by account, ``None`` for all of the population; a day on which nothing was known yet has none."""
    try:
        statement, parameters = _statement(series, population, days)
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for account, day, value, of, is_stale in cursor.fetchall():
            yield account, Point(day, value, of, is_stale)


def at_day(series: Series, user: User, day: Day) -> Point | None:
    """The figure of a day over what one person may see; ``None`` where there is no data."""
    points = measured(series, Population.of(user), [day])
    return next((point for account, point in points if account is None), None)


def store(series: Series, days: Sequence[Day]) -> None:
    """Write the snapshots of those days, of each account and of the whole estate; the same again changes nothing."""
    statement, parameters = _statement(series, Population.estate(), days)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_STORE} SELECT p.*, %s FROM ({statement}) p {_STORED}",
            [series.key, *parameters],
        )


def _statement(series: Series, population: Population, days: Sequence[Day]) -> tuple[str, list[Any]]:
    identities, of_identities = population.identities.order_by().values("pk").query.sql_with_params()
    scopes, of_scopes = population.scopes.order_by().values("pk").query.sql_with_params()
    tables = _TABLES.format(identities=identities, scopes=scopes, counted=series.counted)
    columns = [[each.on for each in days], [each.began for each in days], [each.at for each in days]]
    parameters = [*columns, *of_identities, *of_scopes, *series.parameters(), series.needs_cases]
    return tables + _POINTS, parameters

"""How long approvals take, and how long it takes until ended access is seen to be gone."""

from django.conf import settings

from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, Series, at_day
from sesgov.figures.shapes import Unit
from sesgov.figures.tiles import Counted, Tile

_LEAD = f"""
    SELECT d.day, n.account_id, sum(extract(epoch FROM g.decided_at - r.submitted_at))::bigint AS value,
        count(*) AS "of"
    FROM days d
    JOIN approvals_grant g ON g.decided_at > d.at - interval '90 days' AND g.decided_at <= d.at AND g.confirm_by IS NULL
    JOIN approvals_requestline l ON l.id = g.line_id
    JOIN approvals_grantrequest r ON r.id = l.request_id
    JOIN seen n ON n.id = g.identity_id
    {BY_ACCOUNT}
"""
LEAD_SERIES = Series("approval_lead", "Approval lead time", Unit.DAYS, _LEAD, needs_cases=True)
# A grant ends at the midnight after its last valid day, unless it was revoked. What a successor took over did not end.
_REVOCATION = f"""
    SELECT d.day, n.account_id, sum(greatest(extract(epoch FROM o.seen_at - o.ended_at), 0))::bigint AS value,
        count(*) AS "of"
    FROM days d
    JOIN (
        SELECT g.id, g.identity_id, min(s.from_at) AS seen_at,
            coalesce(g.revoked_at, (g.effective_ends_on + 1)::timestamp AT TIME ZONE %s) AS ended_at
        FROM approvals_grant g
        JOIN approvals_grantobservation s ON s.grant_id = g.id AND s.observation = 'removed'
        WHERE g.decision <> 'superseded'
        GROUP BY g.id
    ) o ON o.seen_at > d.at - interval '90 days' AND o.seen_at <= d.at AND o.ended_at <= d.at
    JOIN seen n ON n.id = o.identity_id
    {BY_ACCOUNT}
"""
REVOCATION_SERIES = Series(
    "revocation",
    "Revocation time",
    Unit.DAYS,
    _REVOCATION,
    needs_cases=True,
    parameters=lambda: [settings.SESGOV_TIME_ZONE.key],
)
_LEAD_DAYS, _REVOCATION_DAYS = 3, 3


def lead_time(facts: Facts) -> Counted:
    """Mean elapsed days from submission to the second approval, over grants decided within 90 days."""
    return _mean(LEAD_SERIES, facts, _LEAD_DAYS)


def revocation_time(facts: Facts) -> Counted:
    """Mean elapsed days from the end of a grant to the reading that verified its removal, verified within 90 days."""
    return _mean(REVOCATION_SERIES, facts, _REVOCATION_DAYS)


def _mean(series: Series, facts: Facts, days: int) -> Counted:
    point = at_day(series, facts.user, facts.day)
    if point is None or not point.of:
        return Counted(None, 0, None)
    return Counted(point.value, point.of, point.value <= days * 86_400 * point.of)


LEAD_TILE = Tile(
    LEAD_SERIES,
    lead_time,
    formula="Mean elapsed days from the last submission of a request to the second of its two approvals, over the "
    "grants of the last 90 days. What one person of security gave at once is left out.",
    n_of="grants in 90 days",
    target=f"{_LEAD_DAYS} days",
    better="lower",
    is_of_any_instant=True,
    previous_of="90 days",
    days_back=90,
)
REVOCATION_TILE = Tile(
    REVOCATION_SERIES,
    revocation_time,
    formula="Mean elapsed days from the end of a grant, by its last day or by revocation, to the first reading that no "
    "longer found its access, over those verified in the last 90 days. What is still there is not in it.",
    n_of="verified removals in 90 days",
    target=f"{_REVOCATION_DAYS} days",
    better="lower",
    is_of_any_instant=True,
    previous_of="90 days",
    days_back=90,
)

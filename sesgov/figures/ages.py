"""How long open findings have been open."""

from sesgov.figures.series import BY_ACCOUNT, Series
from sesgov.figures.shapes import Unit

# The mean of (instant - opened) over episodes open at the instant, those of the first look included, hints left out.
_COUNTED = f"""
    SELECT d.day, n.account_id, sum(extract(epoch FROM d.at - e.opened_at))::bigint AS value, count(*) AS "of"
    FROM days d
    JOIN inventory_findingepisode e ON e.opened_at <= d.at AND (e.closed_at IS NULL OR e.closed_at > d.at)
    JOIN inventory_finding f ON f.id = e.finding_id AND f.severity <> 'info'
    JOIN seen n ON n.id = f.identity_id
    {BY_ACCOUNT}
"""
_OPEN = f"""
    SELECT day, account_id, "of" AS value, NULL::bigint AS "of" FROM ({_COUNTED}) ages
"""
SERIES = Series("open_age", "Mean age of open findings", Unit.DAYS, _COUNTED, needs_cases=True)
OPEN_SERIES = Series("open_findings", "Open findings", Unit.COUNT, _OPEN, needs_cases=False)

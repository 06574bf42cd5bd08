"""Coverage and freshness of collection."""

from sesgov.figures.series import Series
from sesgov.figures.shapes import Unit

# Expected account regions whose last look was complete and not older than 48 hours / those ever looked at by then.
_COUNTED = """
    SELECT day, account_id, count(*) FILTER (WHERE outcome = 'complete' AND finished_at >= at - interval '48 hours')
        AS value, count(*) AS "of"
    FROM looks GROUP BY GROUPING SETS ((day, account_id), (day))
"""
SERIES = Series("coverage", "Account regions completely seen within 48 hours", Unit.SHARE, _COUNTED, needs_cases=True)

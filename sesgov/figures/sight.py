"""Coverage and freshness of collection."""

from sesgov.figures.facts import Facts, Sight, sight_now
from sesgov.figures.series import Series, at_day
from sesgov.figures.shapes import Unit

# Expected account regions whose last look was complete and not older than 48 hours / those ever looked at by then.
_COUNTED = """
    SELECT day, account_id, count(*) FILTER (WHERE outcome = 'complete' AND finished_at >= at - interval '48 hours')
        AS value, count(*) AS "of"
    FROM looks GROUP BY GROUPING SETS ((day, account_id), (day))
"""
SERIES = Series("coverage", "Account regions completely seen within 48 hours", Unit.SHARE, _COUNTED, needs_cases=True)


def sight(facts: Facts) -> Sight:
    """How much was seen; at the end of a day that is over, of the regions that had been looked at by then."""
    if facts.on is None:
        return sight_now(facts)
    point = at_day(SERIES, facts.user, facts.day)
    if point is None:
        return Sight("nothing had been read by then", is_stale=True)
    return Sight(f"{point.value} of {point.of} account regions completely seen within 48 hours", point.is_stale)

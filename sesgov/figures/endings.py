"""Grants that end soon."""

from approvals.models import Grant
from sesgov.figures.approved import GRANTS
from sesgov.figures.days import local_day
from sesgov.figures.facts import Facts, has_data
from sesgov.figures.series import Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile

_SOON, _FURTHER = 30, (60, 90)
# Suspensions that were taken back are not known for days past.
_COUNTED = f"""
    SELECT g.day, g.account_id, count(*) FILTER (WHERE NOT g.is_followed AND g.last_on <= g.day + 30) AS value,
        count(*) AS "of"
    FROM ({GRANTS}) g
    WHERE g.starts_on <= g.day AND g.last_on >= g.day AND NOT g.is_revoked AND NOT g.is_suspended
    GROUP BY GROUPING SETS ((g.day, g.account_id), (g.day))
"""
SERIES = Series("ending", "Grants that end within 30 days", Unit.COUNT, _COUNTED, needs_cases=False)


def ending(facts: Facts) -> Counted:
    """Grants in force whose last day comes within 30 days, and that nothing follows."""
    on = local_day(facts.at)
    in_force = Grant.objects.visible_to(facts.user).in_force(on).order_by()
    soon = in_force.ending(on, _SOON).count()
    overdue = in_force.renewal_overdue(on).count()
    is_known = has_data(facts)
    further = ((days, in_force.ending(on, days).count()) for days in _FURTHER)
    return Counted(
        soon if is_known else None,
        in_force.count() if is_known else 0,
        overdue == 0 if is_known else None,
        links=(
            Link("within 30 days", soon, list_url("grant", "approvals", state="30")),
            *(
                Link(f"within {days} days", number, list_url("grant", "approvals", state=str(days)))
                for days, number in further
            ),
        ),
        notes=(f"{overdue} in the last 14 days without a decision",) if overdue else (),
    )


TILE = Tile(
    SERIES,
    ending,
    formula="Grants in force whose last valid day is today or within 30 days, and that no approved renewal or "
    "change follows. None of them should be without a word on what comes then in its last 14 days.",
    n_of="grants in force",
    target="each decided 14 days before",
    better="lower",
)

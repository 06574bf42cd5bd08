"""Whether reviews are done by their day."""

from django.conf import settings

from sesgov.figures.facts import Facts
from sesgov.figures.series import BY_ACCOUNT, Series, at_day
from sesgov.figures.shapes import Unit
from sesgov.figures.tiles import Counted, Tile

# The due day belongs to the reviewers to its end. What the due day itself decided has no person.
_COUNTED = f"""
    SELECT d.day, n.account_id, count(*) AS "of", count(*) FILTER (WHERE EXISTS (
            SELECT FROM approvals_reviewdecision x
            WHERE x.item_id = i.id AND x.decided_by_id IS NOT NULL AND x.decided_at < c.due_at
        )) AS value
    FROM days d
    JOIN (
        SELECT id, (due_on + 1)::timestamp AT TIME ZONE %s AS due_at FROM approvals_campaign
        WHERE activated_at IS NOT NULL AND state <> 'cancelled'
    ) c ON c.due_at > d.at - interval '90 days' AND c.due_at <= d.at
    JOIN approvals_reviewitem i ON i.campaign_id = c.id
    JOIN seen n ON n.id = i.identity_id
    {BY_ACCOUNT}
"""
SERIES = Series(
    "reviewed",
    "Reviewed on time",
    Unit.SHARE,
    _COUNTED,
    needs_cases=True,
    parameters=lambda: [settings.SESGOV_TIME_ZONE.key],
)


def reviewed(facts: Facts) -> Counted:
    """Items of reviews due within 90 days on which a person decided by the end of the due day / all of them."""
    point = at_day(SERIES, facts.user, facts.day)
    if point is None or not point.of:
        return Counted(None, 0, None)
    return Counted(point.value, point.of, point.value == point.of)


TILE = Tile(
    SERIES,
    reviewed,
    formula="Items of the review campaigns whose due day ended in the last 90 days, on which a person decided by then, "
    "divided by all their items. Reviews that were cancelled are left out.",
    n_of="items due in 90 days",
    target="100 %",
    better="higher",
    is_of_any_instant=True,
    previous_of="90 days",
    days_back=90,
)

"""How much of what was fixed came back."""

from inventory import populations
from inventory.policy.rules import APPROVAL_RULES
from sesgov.figures.facts import Facts
from sesgov.figures.remediation import WINDOW
from sesgov.figures.series import BY_ACCOUNT, Series
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile

_COUNTED = f"""
    SELECT d.day, n.account_id, count(*) AS "of", count(*) FILTER (WHERE EXISTS (
            SELECT FROM inventory_findingepisode r
            WHERE r.finding_id = e.finding_id AND r.opened_at >= e.closed_at AND r.opened_at <= d.at
        )) AS value
    FROM days d
    JOIN inventory_findingepisode e ON e.closed_at >= d.at - interval '90 days' AND e.closed_at < d.at
    JOIN inventory_finding f ON f.id = e.finding_id
    JOIN seen n ON n.id = f.identity_id
    WHERE e.reason IN ('fixed', 'identity_deleted') AND NOT e.is_baseline AND f.severity <> 'info'
        AND f.rule_id <> ALL(%s)
    {BY_ACCOUNT}
"""
SERIES = Series(
    "reopened",
    "Fixed and found again",
    Unit.SHARE,
    _COUNTED,
    needs_cases=True,
    parameters=lambda: [sorted(APPROVAL_RULES)],
)


def reopened(facts: Facts) -> Counted:
    """Episodes that ended as fixed within 90 days and whose finding was opened again since / all that so ended."""
    ended = populations.remediations(facts.user, closed_from=facts.at - WINDOW, closed_before=facts.at).order_by()
    n = ended.count()
    if not n:
        return Counted(None, 0, None)
    came_back = ended.filter(populations.has_come_back(facts.at)).count()
    return Counted(
        came_back,
        n,
        came_back == 0,
        links=(Link("found again", came_back, list_url("remediation", days="90", again="yes")),),
    )


TILE = Tile(
    SERIES,
    reopened,
    formula="Findings of policy rules that ended as fixed or with their identity in the last 90 days and were found "
    "again since, divided by all that so ended. What the first look at a region found is left out.",
    n_of="episodes in 90 days",
    target="0 %",
    better="lower",
    is_of_any_instant=True,
    previous_of="90 days",
    days_back=90,
)

"""How much of what AWS allows outsiders is approved, and what outlives its approval."""

from approvals.models import Grant
from approvals.rows.grants import shown_as
from approvals.rules.states import Decision, Observation
from inventory.models import Finding
from inventory.models.delegations import OUTSIDE_REACHES
from inventory.policy.rules import UNAPPROVED_RULES
from inventory.policy.trust import Trust
from sesgov.figures.days import local_day
from sesgov.figures.facts import Facts, has_data
from sesgov.figures.posture import NOT_MATCHED
from sesgov.figures.series import BY_ACCOUNT, HOLDS, Series, at_day
from sesgov.figures.shapes import Link, Unit, list_url
from sesgov.figures.tiles import Counted, Tile, is_all

# A finding speaks of an account where the delegation names a role of it; a service that several accounts share has no
# account of its own, and any finding about its policy speaks of it.
_COVERED = f"""
    SELECT d.day, n.account_id, count(DISTINCT g.id) AS "of",
        count(DISTINCT g.id) FILTER (WHERE o.identity_id IS NULL AND NOT {NOT_MATCHED}) AS value
    FROM days d
    JOIN inventory_delegationstate s ON {HOLDS.format("s")} AND s.reach = ANY(%s) AND s.trust <> %s
    JOIN inventory_delegation g ON g.id = s.delegation_id
    JOIN inventory_identity i ON i.id = g.identity_id
    JOIN seen n ON n.id = g.identity_id
    LEFT JOIN (
        SELECT d.day, f.identity_id, f.policy_name, f.subject FROM days d
        JOIN inventory_findingepisode e ON e.opened_at <= d.at AND (e.closed_at IS NULL OR e.closed_at > d.at)
        JOIN inventory_finding f ON f.id = e.finding_id AND f.rule_id = ANY(%s)
    ) o ON o.day = d.day AND o.identity_id = g.identity_id AND o.policy_name = g.policy_name
        AND (o.subject IN (g.principal, g.account_id) OR (g.account_id = '' AND s.reach = 'service'))
    {BY_ACCOUNT}
"""
COVERAGE_SERIES = Series(
    "approved",
    "Outside delegations that are approved",
    Unit.SHARE,
    _COVERED,
    needs_cases=True,
    parameters=lambda: (OUTSIDE_REACHES, Trust.OWN.value, list(UNAPPROVED_RULES)),
)
# The last valid day as it was known at the instant: a successor or a revocation moves it.
ENDS = "CASE WHEN g.revoked_at > d.at OR x.decided_at > d.at THEN g.ends_on ELSE g.effective_ends_on END"
GRANTS = f"""
    SELECT d.day, d.at, n.account_id, g.*, {ENDS} AS last_on,
        g.revoked_at IS NOT NULL AND g.revoked_at <= d.at AS is_revoked,
        x.decided_at IS NOT NULL AND x.decided_at <= d.at AS is_followed,
        g.decision = 'suspended' AND g.suspended_at <= d.at AS is_suspended
    FROM days d
    JOIN approvals_grant g ON g.decided_at <= d.at
    LEFT JOIN approvals_grant x ON x.id = g.successor_id
    JOIN seen n ON n.id = g.identity_id
"""
_PRESENT = f"""
    SELECT g.day, g.account_id, count(s.id) AS value, count(*) AS "of" FROM ({GRANTS}) g
    LEFT JOIN approvals_grantobservation s ON s.grant_id = g.id AND s.observation = 'still_present'
        AND s.from_at <= g.at AND (s.to_at IS NULL OR s.to_at > g.at)
    WHERE g.is_revoked OR g.is_suspended OR g.last_on < g.day
    GROUP BY GROUPING SETS ((g.day, g.account_id), (g.day))
"""
PRESENT_SERIES = Series("still_present", "Ended, but still there", Unit.COUNT, _PRESENT, needs_cases=False)


def approved(facts: Facts) -> Counted:
    """Outside delegations that a grant in force covers / all that are live."""
    point = at_day(COVERAGE_SERIES, facts.user, facts.day)
    found = Finding.objects.visible_to(facts.user).open().unaccepted(local_day(facts.at))
    numbers = {rule: found.filter(rule_id=rule).count() for rule in UNAPPROVED_RULES}
    words = ("not approved", "wider than approved", "over, not removed")
    return Counted(
        point.value if point else None,
        (point.of or 0) if point else 0,
        point.value == point.of if point else None,
        links=tuple(
            Link(word, numbers[rule], list_url("finding", rule=rule))
            for rule, word in zip(UNAPPROVED_RULES, words, strict=True)
        ),
    )


COVERAGE_TILE = Tile(
    COVERAGE_SERIES,
    approved,
    formula="What policies let somebody outside do now, counted for each policy and principal, that lies inside a "
    "grant in force, divided by all of it. The lists hold one finding for each policy and account.",
    n_of="outside delegations",
    target="100 %",
    better="higher",
    is_met=is_all,
)


def still_present(facts: Facts) -> Counted:
    """Grants that ended or are suspended and whose access the last reading still found."""
    on = local_day(facts.at)
    grants = Grant.objects.visible_to(facts.user).order_by()
    ended = grants.over(on) | grants.filter(decision=Decision.SUSPENDED)
    present = grants.still_present(on).count()
    unknown = shown_as(grants.over(on), Observation.UNKNOWN, facts.at).count()
    is_known = has_data(facts)
    return Counted(
        present if is_known else None,
        ended.count() if is_known else 0,
        (present == 0 and unknown == 0) if is_known else None,
        links=(
            Link("still there", present, list_url("grant", "approvals", state="present")),
            Link("not looked at", unknown, list_url("grant", "approvals", state="ended", seen="unknown")),
        ),
    )


PRESENT_TILE = Tile(
    PRESENT_SERIES,
    still_present,
    formula="Grants that ended, were revoked or are suspended, and whose access the last reading of the identity "
    "still found. Those that nobody could look at lately are counted apart: nobody knows.",
    n_of="grants that are over or suspended",
    target="0",
    better="lower",
    is_met=lambda value, _n: False if value else None,
)
